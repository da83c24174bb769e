import type { Endpoint } from '../endpoint.js';
import { implementedBy } from './vocabulary.js';

/** Which operations to include. */
export interface DocsFilter {
  /** Operations with at least one of these tags. */
  readonly tags?: readonly string[];
  /** Operations with one of these function names, e.g. "getCustomer". */
  readonly functions?: readonly string[];
  /** Operations with one of these ids; the other filters are then ignored. */
  readonly operation_ids?: readonly string[];
  /** This platform has no dynamic operations. */
  readonly content?: 'static' | 'dynamic' | 'all';
}

/** The matching operations, in their original order. */
export function filterEndpoints(
  endpoints: readonly Endpoint[],
  { tags, functions, operation_ids, content }: DocsFilter,
): readonly Endpoint[] {
  if (operation_ids !== undefined) return endpoints.filter(({ operation_id }) => operation_ids.includes(operation_id));
  if (content === 'dynamic') return [];
  return endpoints.filter(
    (endpoint) =>
      (tags === undefined || endpoint.tags.some((tag) => tags.includes(tag))) &&
      (functions === undefined || functions.includes(implementedBy(endpoint).function)),
  );
}
