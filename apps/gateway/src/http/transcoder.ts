import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '@platform/endpoints';
import type { Claims } from '@platform/entitlements';
import { fail, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Logger } from '@platform/runtime';
import type { Backend } from '../calls/backend.js';
import type { Admit } from '../guards/admission.js';
import { checkBodyIds } from '../guards/body-ids.js';
import { openList, writeList } from './answer-stream.js';
import { isJson, readBody } from './body.js';
import { breakOff, isGone } from './exchange.js';
import { createPlan, type Plan } from './plan.js';
import { commonHeaders, sendAnswer, sendFailure, sendPreflight, startLongAnswer } from './render.js';
import { RouteTable } from './route-table.js';
import { readTarget, refuseRepeated, type Target } from './target.js';

/** What an endpoint of the gateway itself answers: a status and a JSON value. */
export interface EdgeAnswer {
  readonly status: number;
  readonly value: object;
}

/** An endpoint that is no rpc: login, liveness. */
export interface EdgeRoute {
  readonly verb: 'GET' | 'POST';
  /** "/livez"; with `versioned` also under every version prefix. */
  readonly path: string;
  readonly versioned: boolean;
  answer(request: IncomingMessage, correlation_id: string): Promise<EdgeAnswer>;
}

export interface TranscoderOptions {
  readonly endpoints: readonly Endpoint[];
  readonly edgeRoutes: readonly EdgeRoute[];
  readonly backend: Backend;
  readonly admit: Admit;
  /** Named in WWW-Authenticate. */
  readonly realm: string;
  /** Bytes. */
  readonly bodyLimit: number;
  /** How long an HTTP/2 body may take. */
  readonly bodyPatience_ms?: number;
  readonly log: Logger;
}

type Headers = Record<string, string | number>;
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly correlation_id: string;
  readonly common: Headers;
}

/** OBP REST/JSON in front of the rpcs. All work on descriptors is done here, before the first request. */
export function createTranscoder(options: TranscoderOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const versioned = new RouteTable<Plan | EdgeRoute>();
  const bare = new RouteTable<EdgeRoute>();
  for (const endpoint of options.endpoints) {
    const plan = createPlan(endpoint, options.backend.operation(endpoint));
    for (const { verb, segments } of endpoint.routes) versioned.add(verb, segments, plan);
  }
  for (const route of options.edgeRoutes) {
    const segments = route.path.split('/').filter(Boolean).map((literal) => ({ literal }));
    bare.add(route.verb, segments, route);
    if (route.versioned) versioned.add(route.verb, segments, route);
  }

  const handle = async (exchange: Exchange): Promise<void> => {
    const { request, response, common, correlation_id } = exchange;
    refuseBadHeaders(request);
    const body = await readBody(request, options.bodyLimit, options.bodyPatience_ms);
    const target = readTarget(request.url ?? '');
    const verb = request.method ?? '';
    const match = target.pieces === undefined ? bare.find(verb, target.path) : versioned.find(verb, target.pieces);
    if (match === undefined) return notFound(request);
    if ('answer' in match.target) {
      const { status, value } = await match.target.answer(request, correlation_id);
      return sendAnswer(request, response, { status, body: JSON.stringify(value), address: target.decoded }, common);
    }
    const plan = match.target;
    if ((plan.needsBody && !isJson(request)) || !acceptsJson(request)) return notFound(request);
    refuseRepeated(target.query);
    const path = plan.path(match.fields);
    const claims = await options.admit({
      endpoint: plan.endpoint,
      headers: request.headers,
      bank_id: plan.endpoint.bank_scoped ? String(path['bank_id']) : '',
      correlation_id,
      ...(verb === 'POST' ? { checkBody: () => checkBodyIds(body) } : {}),
    });
    return run(exchange, plan, plan.bind(path, target.query, body), target, claims);
  };

  return (request, response) => {
    const correlation_id = randomUUID();
    const common = commonHeaders(correlation_id);
    if (request.method === 'OPTIONS') return sendPreflight(response, common);
    handle({ request, response, correlation_id, common }).catch((error: unknown) => {
      // A client that goes away is its own affair.
      const gone = request.errored !== null || isGone(response);
      if (!(error instanceof ObpFailure)) options.log[gone ? 'debug' : 'error']({ err: error, correlation_id, path: request.url?.split('?')[0] }, 'request failed');
      if (response.headersSent) breakOff(response);
      else sendFailure(response, error, common, options.realm);
    });
  };
}

async function run({ request, response, common, correlation_id }: Exchange, plan: Plan, bound: Record<string, unknown>, target: Target, claims: Claims): Promise<void> {
  const { endpoint, operation } = plan;
  const status = endpoint.success_status;
  const range = plan.range(bound);
  const send = (body: string) => sendAnswer(request, response, { status, body, address: target.decoded, ...(range === undefined ? {} : { range }) }, common);
  const errand = { claims, correlation_id, signal: goneSignal(response) };
  if (endpoint.list === undefined) {
    const answer = await operation.call(bound, errand);
    return send(status === 204 ? '' : plan.render(answer));
  }
  const list = endpoint.list.name;
  const opened = await openList(operation.stream(bound, errand), list);
  if ('whole' in opened) return send(plan.render(opened.whole));
  startLongAnswer(response, status, range, common);
  return writeList(response, list, opened.first, opened.rest);
}

/** Aborted when the client goes away before its answer is complete. */
function goneSignal(response: ServerResponse): () => AbortSignal {
  return () => {
    const controller = new AbortController();
    // HTTP/2 calls a broken answer finished too: what counts is whether all of it was written.
    const stop = () => response.writableEnded || controller.abort();
    if (isGone(response)) stop();
    else response.once('close', stop);
    return controller.signal;
  };
}

/** Node merges or drops repeated headers; which of two credentials counts must never be a guess. */
function refuseBadHeaders(request: IncomingMessage): void {
  const seen = new Set<string>();
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] as string).toLowerCase();
    if (!single.has(name)) continue;
    if (seen.has(name)) fail(Failure.FAILURE_DUPLICATE_HEADER_KEYS);
    seen.add(name);
  }
  if (request.httpVersion === '1.1' && !seen.has('host')) fail(Failure.FAILURE_INVALID_URL_PARAMETERS, ' The Host header is missing.');
}
const single = new Set(['host', 'authorization', 'directlogin', 'content-type', 'content-length', 'if-none-match']);

function acceptsJson({ headers }: IncomingMessage): boolean {
  return headers.accept === undefined || /\*\/\*|(application|text)\/(\*|json)/i.test(headers.accept);
}

function notFound(request: IncomingMessage): never {
  return fail(Failure.FAILURE_URI_NOT_FOUND, `Current Url is (${request.url ?? ''}), Current Content-Type Header is (${request.headers['content-type'] ?? ''})`);
}
