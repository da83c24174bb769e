import type { Endpoint } from '../endpoint.js';
import { implementedBy } from './vocabulary.js';

/** Which operations are wanted. */
export interface DocsFilter {
  /** Those with at least one of these tags. */
  readonly tags?: readonly string[];
  /** Those of these functions, e.g. "getCustomer". */
  readonly functions?: readonly string[];
  /** Those of these operation ids; the other filters are then ignored. */
  readonly operation_ids?: readonly string[];
  /** No operation is dynamic here. */
  readonly content?: 'static' | 'dynamic' | 'all';
}

/** The operations that are wanted, in their own order. */
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
