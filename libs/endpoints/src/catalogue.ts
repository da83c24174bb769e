import type { DescFile, DescMessage } from '@bufbuild/protobuf';
import * as descriptors from '@platform/descriptors';
import type { Endpoint, Route } from './endpoint.js';
import { readEndpoint } from './read.js';

/**
 * Every public operation, in the order of the files and of their rpcs.
 * @throws Error when two operations have the same id, or the same verb and path, or when one is represented by an
 * operation that cannot do so
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
  for (const endpoint of endpoints) checkRepresentation(endpoint, endpoints);
  return endpoints;
}

/** The record must be readable with what its writer sends, and show the version that the writer compares. */
function checkRepresentation({ represented_by, request, rpc_path }: Endpoint, all: readonly Endpoint[]): void {
  if (represented_by === '') return;
  const read = all.find(({ operation_id }) => operation_id === represented_by);
  const has = ({ fields }: DescMessage, name: string) => fields.some((field) => field.name === name);
  const isReadable =
    read?.routes[0].verb === 'GET' &&
    read.routes[0].segments.every((segment) => !('field' in segment) || has(request, segment.field)) &&
    has(read.response, 'version') &&
    has(request, 'expected_version');
  if (!isReadable) throw new Error(`${rpc_path}: ${represented_by} cannot represent the record that it writes`);
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
