import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Claims } from '@platform/entitlements';
import { fail, failureCode, failureStatus, ObpFailure } from '@platform/failure';
import { holdDeadline, requestTime_ms } from '@platform/grpc';
import { Failure, type HttpBody } from '@platform/messages';
import type { Logger } from '@platform/runtime';
import type { Admit } from '../guards/admission.js';
import { checkBodyIds } from '../guards/body-ids.js';
import type { LoadShedding } from '../guards/load-shedding.js';
import { openList, writeList } from '../http/answer-stream.js';
import { isJson, readRequest } from '../http/body.js';
import { openEvents, writeEvents } from '../http/event-stream.js';
import type { ClientAddress } from '../http/client-address.js';
import { packInto } from '../http/content-encoding.js';
import type { CommonHeaders, OutgoingHeaders } from '../http/common-headers.js';
import { breakOff, goneSignal, isGone, stopIfGone, streamOf } from '../http/exchange.js';
import { type Observation, observe } from '../http/observation.js';
import type { Plan } from './plan.js';
import { callIf, type ConditionalCall, type Precondition, preconditionOf } from './precondition.js';
import { sendAnswer, sendBusy, sendFailure, sendPreflight, sendRaw, startLongAnswer } from '../http/render.js';
import { areTooLong, headersTooLong, repeatsHeader } from '../http/headers.js';
import { toPlain } from '../http/json.js';
import { createRoutes, type RoutesOptions } from './routes.js';
import { refuseRepeated, type Target } from './target.js';

export interface TranscoderOptions extends RoutesOptions {
  readonly admit: Admit;
  readonly clientAddress: ClientAddress;
  readonly commonHeaders: CommonHeaders;
  readonly shedding: LoadShedding;
  /** The realm in WWW-Authenticate. */
  readonly realm: string;
  /** Bytes. */
  readonly bodyLimit: number;
  /** How long an HTTP/2 body may take. */
  readonly bodyPatience_ms?: number;
  readonly log: Logger;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly correlation_id: string;
  readonly common: OutgoingHeaders;
  /** Absent when nothing is measured or traced. */
  readonly observation: Observation | undefined;
  /** Ends the deadline for the start of the response: each part of a long response has its own. */
  release: () => void;
}

/** Serves the rpcs as OBP REST/JSON. All work on descriptors is done here, before the first request. */
export function createTranscoder(
  options: TranscoderOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { find, urgencyOf, representationOf } = createRoutes(options);

  const handle = async (exchange: Exchange): Promise<void> => {
    const { request, response, common, correlation_id } = exchange;
    refuseBadHeaders(request);
    const { json: body, form } = await readRequest(request, options.bodyLimit, options.bodyPatience_ms);
    stopIfGone(response);
    exchange.release = holdDeadline(correlation_id, performance.now() + requestTime_ms);
    const { target, match } = find(request);
    const verb = request.method ?? '';
    if (match === undefined) return notFound(request);
    exchange.observation?.asks(match.target.asked);
    if ('answer' in match.target) {
      const answer = await match.target.answer({
        request,
        query: target.query,
        form: form(),
        correlation_id,
        address: options.clientAddress(request),
        stopIfGone: () => stopIfGone(response),
        setHeaders: (headers) => Object.assign(common, headers),
      });
      if (!('value' in answer)) return sendRaw(request, response, answer, common);
      return sendAnswer(
        request,
        response,
        { status: answer.status, body: JSON.stringify(answer.value), address: target.decoded, secret: true },
        common,
      );
    }
    const plan = match.target;
    if ((plan.needsBody && !isJson(request)) || !accepts(plan, request)) return notFound(request);
    refuseRepeated(target.query);
    const path = plan.path(match.fields);
    const precondition = preconditionOf(request);
    const representation = precondition?.match === undefined ? undefined : representationOf(plan.endpoint);
    const claims = await options.admit({
      endpoint: plan.endpoint,
      ...(representation === undefined ? {} : { compared: representation.endpoint }),
      request: { headers: request.headers, verb, url: request.url ?? '', address: options.clientAddress(request) },
      bank_id: plan.endpoint.bank_scoped ? String(path['bank_id']) : '',
      correlation_id,
      setHeaders: (headers) => Object.assign(common, headers),
      ...(verb === 'POST' ? { checkBody: () => checkBodyIds(body) } : {}),
      ...(plan.needsBody ? { body: () => toPlain(body) } : {}),
    });
    stopIfGone(response);
    const bound = plan.bind(path, target.query, body);
    if (plan.endpoint.event_stream) return watch(exchange, plan, bound, claims);
    const condition = precondition === undefined ? undefined : { ...precondition, representation };
    return run(exchange, plan, bound, target, claims, condition);
  };

  return (request, response) => {
    const correlation_id = randomUUID();
    const common = options.commonHeaders(correlation_id, request);
    if (request.method === 'OPTIONS') return sendPreflight(response, common);
    const observation = observe(request, response, correlation_id);
    const failed = async (error: unknown): Promise<void> => {
      // A client that goes away is no error of the platform.
      const gone = request.errored !== null || isGone(response);
      if (!(error instanceof ObpFailure))
        options.log[gone ? 'debug' : 'error'](
          { err: error, correlation_id, path: request.url?.split('?')[0] },
          'request failed',
        );
      const failure = error instanceof ObpFailure ? error.failure : Failure.FAILURE_UNKNOWN_ERROR;
      observation?.fails(failureCode(failure), failureStatus(failure));
      if (response.headersSent) breakOff(response);
      else await sendFailure(request, response, error, common, options.realm);
    };
    const exchange: Exchange = { request, response, correlation_id, common, observation, release: () => undefined };
    const work = () =>
      handle(exchange)
        .finally(() => exchange.release())
        .catch(failed)
        .catch(() => breakOff(response));
    if (!options.shedding.run(() => urgencyOf(request), response, work)) sendBusy(response, common);
  };
}

/** A precondition, and how its record is read. */
type Condition = Precondition & Pick<ConditionalCall, 'representation'>;

async function run(
  exchange: Exchange,
  plan: Plan,
  bound: Record<string, unknown>,
  target: Target,
  claims: Claims,
  condition: Condition | undefined,
): Promise<void> {
  const { request, response, common, correlation_id } = exchange;
  const { endpoint, operation } = plan;
  const status = endpoint.success_status;
  const range = plan.range(bound);
  const { shared, secret } = plan;
  const send = (body: string | Buffer, type?: string) =>
    sendAnswer(
      request,
      response,
      {
        status,
        body,
        address: target.decoded,
        shared,
        secret,
        ...(range === undefined ? {} : { range }),
        ...(type === undefined ? {} : { type }),
      },
      common,
    );
  const requestContext = { claims, correlation_id, signal: goneSignal(response) };
  if (endpoint.list === undefined) {
    const answer = await (condition === undefined
      ? operation.call(bound, requestContext)
      : callIf(condition, {
          plan,
          request: bound,
          requestContext,
          version: target.version,
          representation: condition.representation,
          tell: (etag) => Object.assign(common, { ETag: etag }),
        }));
    if (plan.raw) {
      const { data, content_type } = answer as HttpBody;
      return send(data, content_type);
    }
    return send(status === 204 ? '' : plan.render(answer, target.version));
  }
  exchange.release();
  const name = endpoint.response_field === undefined ? endpoint.list.name : undefined;
  const opened = await openList(plan.parts(bound, requestContext, target.version), name);
  if ('whole' in opened) return send(opened.whole);
  const encoding = startLongAnswer(request, response, { status, ...(range === undefined ? {} : { range }) }, common);
  if (request.method === 'HEAD') {
    response.end();
    await opened.rest.return?.();
  } else {
    await writeList(encoding === undefined ? response : packInto(response, encoding), name, opened.first, opened.rest);
  }
}

/** Begins a stream that has no end. The request counts as done: the stream has a limit of its own. */
async function watch(
  { request, response, common, correlation_id, release }: Exchange,
  { endpoint, operation }: Plan,
  bound: Record<string, unknown>,
  claims: Claims,
): Promise<void> {
  // A browser that comes back says where it was, with the query that it first came with.
  const from = request.headers['last-event-id'] ?? bound['from'];
  const messages = operation.stream({ ...bound, from }, { claims, correlation_id, signal: goneSignal(response) });
  const opened = await openEvents(messages);
  release();
  // With HTTP/1 a client may close its side and still wait for a response; of a stream without end it cannot.
  if (streamOf(response) === undefined) request.socket.once('end', () => breakOff(response));
  writeEvents(request, response, endpoint.list?.name ?? '', opened, common).catch(() => breakOff(response));
}

function refuseBadHeaders(request: IncomingMessage): void {
  if (areTooLong(request.rawHeaders)) throw headersTooLong();
  if (repeatsHeader(request.rawHeaders)) fail(Failure.FAILURE_DUPLICATE_HEADER_KEYS);
  if (request.httpVersion === '1.1' && request.headers.host === undefined)
    fail(Failure.FAILURE_INVALID_URL_PARAMETERS, ' The Host header is missing.');
}

function accepts({ endpoint }: Plan, { headers }: IncomingMessage): boolean {
  const type = endpoint.event_stream ? /\*\/\*|text\/(\*|event-stream)/i : /\*\/\*|(application|text)\/(\*|json)/i;
  return headers.accept === undefined || type.test(headers.accept);
}

function notFound(request: IncomingMessage): never {
  return fail(
    Failure.FAILURE_URI_NOT_FOUND,
    `Current Url is (${request.url ?? ''}), Current Content-Type Header is (${request.headers['content-type'] ?? ''})`,
  );
}
