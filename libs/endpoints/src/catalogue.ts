import type { DescFile } from '@bufbuild/protobuf';
import * as descriptors from '@platform/descriptors';
import type { Endpoint, Route } from './endpoint.js';
import { readEndpoint } from './read.js';

/**
 * Every public operation, in the order of the files and of their rpcs.
 * @throws Error when two operations have the same id, or the same verb and path
 */
export function readEndpoints(files: readonly DescFile[] = contractFiles()): Endpoint[] {
  const endpoints = files
    .flatMap((file) => file.services)
    .flatMap((service) => service.methods)
    .flatMap((method) => readEndpoint(method) ?? []);
  const owners = new Map<string, string>();
  const claim = (what: string, endpoint: Endpoint) => {
    const owner = owners.get(what);
    if (owner !== undefined) throw new Error(`${endpoint.rpc_path} and ${owner} both claim ${what}`);
    owners.set(what, endpoint.rpc_path);
  };
  for (const endpoint of endpoints) {
    claim(endpoint.operation_id, endpoint);
    for (const route of endpoint.routes) claim(shapeOf(route), endpoint);
  }
  return endpoints;
}

/**
 * Packages without operations: the contract's vocabulary, and the rpcs that carry calls between the platform's
 * processes.
 */
const withoutOperations = ['obp.api.v1', 'obp.internal.v1'];

/** The files of the contract that declare operations. */
export function contractFiles(): DescFile[] {
  return Object.values(descriptors).filter(
    (value): value is DescFile =>
      typeof value === 'object' &&
      'kind' in value &&
      value.kind === 'file' &&
      value.proto.package.startsWith('obp.') &&
      !withoutOperations.includes(value.proto.package),
  );
}

function shapeOf({ verb, segments }: Route): string {
  return `${verb} ${segments.map((segment) => ('field' in segment ? '{}' : segment.literal)).join('/')}`;
}
