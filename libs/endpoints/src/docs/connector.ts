import type { DescMethod } from '@bufbuild/protobuf';

/** "obp.createCustomer"; undefined for rpcs that the gateway answers itself. */
export function processOf(method: DescMethod): string | undefined {
  if (serviceOf(method) === 'views') return undefined;
  return `obp.${method.name.charAt(0).toLowerCase()}${method.name.slice(1)}`;
}

/** The service that answers an rpc: "customers" of obp.customers.v1. */
export function serviceOf({ parent }: DescMethod): string {
  return parent.file.proto.package.split('.')[1] ?? '';
}
