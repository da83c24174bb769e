import { type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { FailureDetailSchema } from '@platform/descriptors';
import type { Endpoint } from '@platform/endpoints';
import { failureCode, failureStatus, failureText, ObpFailure } from '@platform/failure';
import { checkGiven, cutText } from '@platform/input';
import { codeOf, holdDeadline, requestTime_ms } from '@platform/grpc';
import { Failure } from '@platform/messages';
import type { Logger } from '@platform/runtime';
import type { Backend, RequestContext } from '../calls/backend.js';
import type { Admit } from '../guards/admission.js';
import { checkBodyIds } from '../guards/body-ids.js';
import { connectionKey } from './rpc-handler.js';

export interface SurfaceOptions {
  readonly endpoints: readonly Endpoint[];
  readonly backend: Backend;
  readonly admit: Admit;
  readonly log: Logger;
}

/** The operations over Connect, gRPC-Web and gRPC, with the same checks as over REST. */
export function connectRoutes(options: SurfaceOptions): (router: ConnectRouter) => void {
  return (router) => {
    for (const endpoint of options.endpoints) {
      const serve = endpoint.list === undefined ? unary(endpoint, options) : streaming(endpoint, options);
      router.rpc(endpoint.method as never, serve as never);
    }
  };
}

function unary(endpoint: Endpoint, options: SurfaceOptions) {
  const operation = options.backend.operation(endpoint);
  return (message: Message, context: HandlerContext) =>
    translating(options.log, context, async (correlation_id) => {
      const release = holdDeadline(correlation_id, deadlineOf(context));
      try {
        const { request, requestContext } = await enter(endpoint, options, message, context, correlation_id);
        return toMessage(
          endpoint.response,
          operation.method.responseType.encode(await operation.call(request, requestContext)).finish(),
        );
      } finally {
        release();
      }
    });
}

function streaming(endpoint: Endpoint, options: SurfaceOptions) {
  const operation = options.backend.operation(endpoint);
  return async function* (message: Message, context: HandlerContext) {
    const chunks = await translating(options.log, context, async (correlation_id) => {
      const release = holdDeadline(correlation_id, deadlineOf(context));
      const { request, requestContext } = await enter(endpoint, options, message, context, correlation_id).finally(
        release,
      );
      return operation.stream(request, requestContext)[Symbol.asyncIterator]();
    });
    // When the client has gone, the source must be stopped: the library only stops reading from it.
    context.signal.addEventListener('abort', () => void chunks.return?.().catch(() => undefined));
    const next = () => translating(options.log, context, () => chunks.next());
    for (let chunk = await next(); chunk.done !== true; chunk = await next()) {
      yield toMessage(endpoint.response, operation.method.responseType.encode(chunk.value).finish());
    }
  };
}

async function enter(
  endpoint: Endpoint,
  { backend, admit }: SurfaceOptions,
  message: Message,
  context: HandlerContext,
  correlation_id: string,
): Promise<{ request: object; requestContext: RequestContext }> {
  stopIfLate(context);
  const { method } = backend.operation(endpoint);
  const request = method.requestType.decode(toBinary(endpoint.request, message));
  const { address, repeated, observation } = context.values.get(connectionKey);
  observation?.asks({ operation: endpoint.operation_id, route: endpoint.rpc_path });
  if (repeated) throw new ObpFailure(Failure.FAILURE_DUPLICATE_HEADER_KEYS);
  const headers = Object.fromEntries(context.requestHeader);
  const bank_id = endpoint.bank_scoped ? String((request as { bank_id: unknown }).bank_id) : '';
  const body = endpoint.body === undefined ? undefined : (request as Record<string, unknown>)[endpoint.body.name];
  const checkBody = () => checkBodyIds(body);
  const claims = await admit({
    endpoint,
    request: { headers, verb: context.requestMethod, url: pathOf(context.url), address },
    bank_id,
    correlation_id,
    setHeaders: (limits) => Object.entries(limits).forEach(([name, value]) => context.responseHeader.set(name, value)),
    ...(endpoint.routes[0].verb === 'POST' ? { checkBody } : {}),
    ...(body === undefined || body === null ? {} : { body: () => withoutAbsent(body) }),
  });
  checkGiven(method.path, request);
  stopIfLate(context);
  return { request, requestContext: { claims, correlation_id, signal: () => context.signal } };
}

/** The caller's deadline, which may be earlier than the default. In `performance.now()` milliseconds. */
function deadlineOf(context: HandlerContext): number {
  return performance.now() + Math.min(requestTime_ms, context.timeoutMs() ?? requestTime_ms);
}

/** A caller that got a timeout would retry a command and execute it twice; one that has gone needs no response. */
function stopIfLate({ signal }: HandlerContext): void {
  if (signal.aborted) throw new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT);
}

/** A body as in JSON: absent fields are left out. */
function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map(withoutAbsent);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === null ? [] : [[key, withoutAbsent(member)]])),
  );
}

/** Path and query as they were sent. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

function toMessage(schema: DescMessage, bytes: Uint8Array): Message {
  return fromBinary(schema, bytes);
}

/**
 * The trailers contain a detail twice, once in base64; with over 8 KB of trailers, clients in other languages lose the
 * status.
 */
const detailBytes = 1_024;

async function translating<T>(
  log: Logger,
  context: HandlerContext,
  work: (correlation_id: string) => Promise<T>,
): Promise<T> {
  const { correlation_id, observation } = context.values.get(connectionKey);
  try {
    return await work(correlation_id);
  } catch (error) {
    if (!(error instanceof ObpFailure))
      log.error({ err: error, correlation_id, rpc: context.method.name }, 'rpc failed');
    const { failure, detail: whole } =
      error instanceof ObpFailure ? error : new ObpFailure(Failure.FAILURE_UNKNOWN_ERROR);
    const detail = cutText(whole, detailBytes);
    observation?.fails(failureCode(failure), failureStatus(failure));
    // Both libraries use the same code numbers, and both generators the same failure numbers.
    const code: number = codeOf(failure);
    throw new ConnectError(failureText(failure, detail), code, undefined, [
      { desc: FailureDetailSchema, value: { failure: failure, detail } },
    ]);
  }
}
