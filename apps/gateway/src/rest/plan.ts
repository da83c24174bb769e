import type { DescMessage } from '@bufbuild/protobuf';
import { Access } from '@platform/descriptors';
import type { Endpoint } from '@platform/endpoints';
import type { RequestContext, Operation } from '../calls/backend.js';
import { type ListPart, partOf } from '../http/answer-stream.js';
import { type AsOf, compileAsOf } from './as-of.js';
import { compileBody } from './bind-body.js';
import { compileQuery } from './bind-query.js';
import type { Json } from '../http/json.js';
import type { Asked } from '../http/observation.js';
import { compileItems } from './json-writer.js';
import { decodePiece } from './target.js';

type Plain = Record<string, unknown>;

/** An operation with everything prepared from its descriptor. */
export interface Plan {
  readonly endpoint: Endpoint;
  readonly operation: Operation;
  readonly asked: Asked;
  readonly needsBody: boolean;
  /** The response is bytes with their own content type. */
  readonly raw: boolean;
  /** The response is a document that is the same for all clients. */
  readonly shared: boolean;
  /** The response contains secrets. */
  readonly secret: boolean;
  /** The decoded path fields. @throws ObpFailure OBP-10034 */
  path(fields: Readonly<Record<string, string>>): Plain;
  /** The request: body, then query, then path. @throws ObpFailure OBP-10001 or OBP-10016 */
  bind(path: Plain, query: URLSearchParams, body: Json | undefined): Plain;
  /** The JSON text of an answer, as the version prefix shows it. */
  render(response: object, version: string): string;
  /** The parts of a streamed list, as the version prefix shows them. */
  parts(request: Plain, requestContext: RequestContext, version: string): AsyncIterable<ListPart>;
  /** "items=0-50" for paged lists. */
  range(request: Plain): string | undefined;
}

export function createPlan(endpoint: Endpoint, operation: Operation): Plan {
  const { body, response_field } = endpoint;
  const readBody = body === undefined ? undefined : compileBody(body);
  const readQuery = compileQuery(endpoint.query);
  const absentFields = Object.fromEntries(
    endpoint.request.fields
      .filter((field) => field !== body && !endpoint.query.includes(field))
      .map(({ name }) => [name, null]),
  );
  const paged =
    endpoint.routes[0].verb === 'GET' &&
    ['limit', 'offset'].every((name) => endpoint.query.some((field) => field.name === name));
  const asOf = compileAsOf(endpoint.response);
  const raw = endpoint.response.typeName === 'google.api.HttpBody';
  return {
    endpoint,
    operation,
    asked: { operation: endpoint.operation_id, route: templateOf(endpoint) },
    needsBody: readBody !== undefined,
    raw,
    shared: raw && endpoint.access === Access.PUBLIC,
    secret: holdsSecret(endpoint.response),
    path: (fields) => Object.fromEntries(Object.entries(fields).map(([name, piece]) => [name, decodePiece(piece)])),
    bind: (path, query, json) => ({
      ...(body === undefined || readBody === undefined ? {} : { [body.name]: readBody(json) }),
      ...readQuery(query),
      ...absentFields,
      ...path,
    }),
    render: (response, version) => {
      const shown = asOf === undefined ? response : asOf(response, version);
      return JSON.stringify(response_field === undefined ? shown : (shown as Plain)[response_field]);
    },
    parts: createParts(endpoint, operation, asOf),
    range: (request) => (paged ? `items=${countOf(request['offset'], 0)}-${countOf(request['limit'], 50)}` : undefined),
  };
}

/** Messages that are sent on unchanged are turned into text directly from their bytes. */
function createParts(
  { response, list }: Endpoint,
  { method, stream, streamAs }: Operation,
  asOf: AsOf | undefined,
): Plan['parts'] {
  const name = list?.name ?? '';
  const items = list === undefined ? undefined : compileItems(response);
  if (items !== undefined && streamAs !== undefined) {
    const read = (bytes: Buffer): ListPart => items(bytes) ?? partOf(name, method.deserialize(bytes));
    return (request, requestContext) => streamAs(read, request, requestContext);
  }
  return async function* (request, requestContext, version) {
    for await (const message of stream(request, requestContext))
      yield partOf(name, asOf === undefined ? message : asOf(message, version));
  };
}

function countOf(value: unknown, initial: number): number {
  return typeof value === 'number' ? value : initial;
}

/** Whether a message has a field, at any depth, that is marked as secret. */
function holdsSecret(message: DescMessage, seen = new Set<DescMessage>()): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return message.fields.some(
    (field) =>
      field.proto.options?.debugRedact === true || (field.message !== undefined && holdsSecret(field.message, seen)),
  );
}

/** "/obp/{version}/banks/{bank_id}/customers" */
function templateOf({ routes: [{ segments }] }: Endpoint): string {
  const names = segments.map((segment) => ('field' in segment ? `{${segment.field}}` : segment.literal));
  return ['/obp/{version}', ...names].join('/');
}
