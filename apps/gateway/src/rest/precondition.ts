import type { IncomingMessage } from 'node:http';
import type { Segment } from '@platform/endpoints';
import { fail, ObpFailure } from '@platform/failure';
import { checkRequest } from '@platform/input';
import { Failure } from '@platform/messages';
import type { RequestContext } from '../calls/backend.js';
import { etagOf } from '../http/etag.js';
import type { Plan } from './plan.js';

/** What a PUT or DELETE requires of the record that it writes. */
export interface Precondition {
  /** The tags in `If-Match`, one of which the record must have; "*": it only must exist. Undefined: none is required. */
  readonly match: readonly string[] | '*' | undefined;
  /** `If-None-Match: *`: the record must not exist yet. */
  readonly isNew: boolean;
}

/** A request that has a precondition. */
export interface ConditionalCall {
  readonly plan: Plan;
  readonly request: Readonly<Record<string, unknown>>;
  readonly requestContext: RequestContext;
  /** "v5.1.0": the record is compared as this version shows it. */
  readonly version: string;
  /** How the record is read; undefined when no operation reads it. */
  readonly representation: Plan | undefined;
  /** Receives the tag that the record has, when the precondition fails. */
  readonly tell: (etag: string) => void;
}

/** How often a record may change between its comparison and its change without a visible difference. */
const attempts = 5;

/** Undefined when there is none. */
export function preconditionOf({ method, headers }: IncomingMessage): Precondition | undefined {
  if (method !== 'PUT' && method !== 'DELETE') return undefined;
  const given = headers['if-match'];
  const isNew = headers['if-none-match']?.trim() === '*';
  if (given === undefined && !isNew) return undefined;
  return { match: given === undefined ? undefined : tagsIn(given), isNew };
}

/**
 * The tags of a list. Our own have no quotes, but clients and proxies may add them. A weak tag keeps its "W/" and so is
 * equal to none, like everything that is no tag.
 */
function tagsIn(header: string): readonly string[] | '*' {
  if (header.trim() === '*') return '*';
  return header.split(',').map((tag) => tag.trim().replace(/^"(.*)"$/, '$1'));
}

/**
 * Calls an operation if the precondition holds. The record is compared here; that it has not changed since is checked by
 * its service, by the version, while the record is locked.
 * @throws ObpFailure OBP-09412
 */
export async function callIf({ match, isNew }: Precondition, call: ConditionalCall): Promise<object> {
  const { plan, request, requestContext, representation, tell } = call;
  checkRequest(plan.endpoint.rpc_path, request);
  const write = (expected_version: number | null) =>
    plan.operation.call({ ...request, expected_version }, requestContext);
  if (isNew) return plan.endpoint.request.fields.some(({ name }) => name === 'expected_version') ? write(0) : differs();
  for (let attempt = 1; ; attempt += 1) {
    const { etag, version } = await read(representation ?? differs(), call);
    if (match !== '*' && match?.includes(etag) !== true) {
      tell(etag);
      return differs();
    }
    try {
      return await write(match === '*' ? null : version);
    } catch (error) {
      if (!isDifferent(error) || attempt === attempts) throw error;
    }
  }
}

/** The record as its own operation shows it: its tag there, and its version. */
async function read(
  representation: Plan,
  { request, requestContext, version }: ConditionalCall,
): Promise<{ etag: string; version: number }> {
  const { endpoint, operation } = representation;
  const { segments } = endpoint.routes[0];
  const path = Object.fromEntries(segments.flatMap((segment) => fieldOf(segment, request)));
  const record = await operation.call(representation.bind(path, new URLSearchParams(), undefined), requestContext);
  const pieces = segments.map((segment) => ('field' in segment ? String(path[segment.field]) : segment.literal));
  const address = ['/obp', version, ...pieces].join('/');
  return {
    etag: etagOf(address, representation.render(record, version)),
    version: (record as { readonly version: number }).version,
  };
}

/** Some paths of an operation do not name all of its record. */
function fieldOf(segment: Segment, request: Readonly<Record<string, unknown>>): [string, string][] {
  if (!('field' in segment)) return [];
  const value = request[segment.field];
  return typeof value === 'string' ? [[segment.field, value]] : differs();
}

/** @throws ObpFailure OBP-09412 */
function differs(): never {
  return fail(Failure.FAILURE_PRECONDITION_FAILED);
}

function isDifferent(error: unknown): boolean {
  return error instanceof ObpFailure && error.failure === Failure.FAILURE_PRECONDITION_FAILED;
}
