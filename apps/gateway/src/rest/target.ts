import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** The prefixes under which all operations are served, and those with documentation only. */
export interface Versions {
  readonly operations: ReadonlySet<string>;
  readonly documentation: ReadonlySet<string>;
}

/** A request's address, parsed. */
export interface Target {
  /** The pieces after the version prefix; undefined when the path has no known prefix. */
  readonly pieces: readonly string[] | undefined;
  /** "v5.1.0"; empty when the path has no known prefix. */
  readonly version: string;
  /** Only the documentation is served under the prefix. */
  readonly documentationOnly: boolean;
  /** All pieces of the path. Repeated slashes count as one. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Decoded path and query, for the ETag. */
  readonly decoded: string;
}

/** @throws ObpFailure OBP-10034 for an address that is not a path, or that cannot be decoded */
export function readTarget(url: string, { operations, documentation }: Versions): Target {
  // "GET http://elsewhere/ HTTP/1.1" is a request to a proxy.
  if (!url.startsWith('/')) return fail(Failure.FAILURE_INVALID_URL_PARAMETERS, ' The request target must be a path.');
  const mark = url.indexOf('?');
  const path = (mark < 0 ? url : url.slice(0, mark)).split('/').filter((piece) => piece !== '');
  const version = path[0] === 'obp' ? (path[1] ?? '') : '';
  const documentationOnly = documentation.has(version) && !operations.has(version);
  const known = operations.has(version) || documentationOnly;
  return {
    path,
    pieces: known ? path.slice(2) : undefined,
    version: known ? version : '',
    documentationOnly,
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    decoded: decodePiece(url),
  };
}

/** @throws ObpFailure OBP-10034 */
export function decodePiece(text: string): string {
  if (!text.includes('%')) return text;
  let decoded: string | undefined;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    decoded = undefined;
  }
  if (decoded === undefined || decoded.includes('\0'))
    return fail(Failure.FAILURE_INVALID_URL_PARAMETERS, ' The address holds an invalid percent-encoding.');
  return decoded;
}

/** @throws ObpFailure OBP-09016 */
export function refuseRepeated(query: URLSearchParams): void {
  const names = [...query.keys()];
  if (new Set(names).size !== names.length) fail(Failure.FAILURE_DUPLICATE_QUERY_PARAMETERS);
}
