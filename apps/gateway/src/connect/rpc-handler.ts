import {
  Code,
  type ConnectRouter,
  createConnectRouter,
  createContextKey,
  createContextValues,
} from '@connectrpc/connect';
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from '@connectrpc/connect/protocol';
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import { failureText } from '@platform/failure';
import { boundTimeout, boundTimeoutMs } from '@platform/grpc';
import { Failure } from '@platform/messages';
import type { Logger } from '@platform/runtime';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientAddress } from '../http/client-address.js';
import type { CommonHeaders } from '../http/common-headers.js';
import type { RequestHandler } from '../http/edge-server.js';
import type { LoadShedding } from '../guards/load-shedding.js';
import { areTooLong, headersTooLong, repeatsHeader } from '../http/headers.js';
import { type Observation, observe } from '../http/observation.js';
import { hearOut } from '../http/unread-body.js';
import { acceptedTypes, isRpc, protocolOf, type RpcProtocol, withoutParameters } from './rpc-protocol.js';
import { type Refusal, refuseRpc } from './rpc-refusal.js';
import { mendStatus } from './rpc-status.js';
import { fromText, toText } from './web-text.js';

/** What an rpc needs to know of its request and cannot see itself. */
export interface Connection {
  readonly address: string;
  readonly repeated: boolean;
  readonly correlation_id: string;
  /** Absent when nothing is measured or traced. */
  readonly observation: Observation | undefined;
}

export const connectionKey = createContextKey<Connection>({
  address: '',
  repeated: false,
  correlation_id: '',
  observation: undefined,
});

export interface RpcHandlerOptions {
  readonly routes: (router: ConnectRouter) => void;
  /** Handles requests that call no rpc. */
  readonly fallback: RequestHandler;
  readonly clientAddress: ClientAddress;
  readonly commonHeaders: CommonHeaders;
  readonly shedding: LoadShedding;
  /** Rpcs whose streams have no end: they have a limit of their own, and do not count as running. */
  readonly lasting: ReadonlySet<string>;
  readonly log: Logger;
}

/** Bytes. Connect's own limit is 4 GiB. */
const limits = { readMaxBytes: 1_048_576, writeMaxBytes: 4_194_304 } as const;
const compressions = [compressionGzip, compressionBrotli];
const tooBusy: Refusal = {
  code: Code.ResourceExhausted,
  message: failureText(Failure.FAILURE_TOO_BUSY, ''),
  headers: { 'Retry-After': '1' },
};

/** Answers gRPC, gRPC-Web in both its modes, and Connect. */
export function createRpcHandler({
  routes,
  fallback,
  clientAddress,
  commonHeaders,
  shedding,
  lasting,
  log,
}: RpcHandlerOptions): RequestHandler {
  const router = createConnectRouter({ ...limits, acceptCompression: compressions });
  routes(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const handler = handlers.get(path);
    if (request.method === 'OPTIONS' || (handler === undefined && !isRpc(request, path)))
      return fallback(request, response);
    const correlation_id = randomUUID();
    const common = commonHeaders(correlation_id, request);
    const protocol = protocolOf(request);
    const observation = observe(request, response, correlation_id);
    const refuse = async (refusal: Refusal): Promise<void> => {
      await hearOut(response);
      refuseRpc(response, protocol, request.headers['content-type'] ?? '', refusal, common);
    };
    const serve = async (): Promise<void> => {
      if (areTooLong(request.rawHeaders))
        return refuse({ code: Code.ResourceExhausted, message: headersTooLong().message, status: 431 });
      if (handler === undefined) return refuse({ code: Code.Unimplemented, message: `${path} is not served here` });
      const call = readCall(request, response, {
        address: clientAddress(request),
        repeated: repeatsHeader(request.rawHeaders),
        correlation_id,
        observation,
      });
      if (call === undefined)
        return refuse({ code: Code.InvalidArgument, message: 'the Host header is missing or not valid' });
      const answered = await answer(handler, protocol, call, common);
      if ('code' in answered) return refuse(answered);
      // Other calls have been read to the end, unless they failed.
      if (handler.method.methodKind !== 'bidi_streaming') await hearOut(response);
      await universalResponseToNodeResponse(answered, response);
    };
    // Only writing can fail here: the client has gone.
    const work = (doing: () => Promise<void>) =>
      doing().catch((error: unknown) =>
        log.debug({ err: error, correlation_id, path }, 'the answer of an rpc was not read'),
      );
    const urgency = () => (handler?.method.methodKind === 'server_streaming' ? 'list' : 'call');
    const begin = async () => {
      const working = work(serve);
      if (!lasting.has(path)) await working;
    };
    if (!shedding.run(urgency, response, begin))
      void work(async () => refuseRpc(response, protocol, request.headers['content-type'] ?? '', tooBusy, common));
  };
}

/** Undefined when its address cannot be parsed. */
function readCall(
  request: IncomingMessage,
  response: ServerResponse,
  connection: Connection,
): UniversalServerRequest | undefined {
  const values = createContextValues().set(connectionKey, connection);
  try {
    // If reading stops early the request stays open, so that the rest of it can be discarded.
    const call = {
      ...universalRequestFromNodeRequest(request, response, undefined, values),
      body: request.iterator({ destroyOnReturn: false }),
    };
    mendHeader(call.header, 'grpc-timeout', boundTimeout);
    mendHeader(call.header, 'connect-timeout-ms', boundTimeoutMs);
    mendHeader(call.header, 'content-type', withoutParameters);
    return call;
  } catch {
    return undefined;
  }
}

function mendHeader(headers: Headers, name: string, mend: (value: string) => string): void {
  const given = headers.get(name);
  if (given !== null) headers.set(name, mend(given));
}

async function answer(
  handler: UniversalHandler,
  protocol: RpcProtocol | undefined,
  call: UniversalServerRequest,
  common: Readonly<Record<string, string | number>>,
): Promise<UniversalServerResponse | Refusal> {
  const isText = protocol === 'grpc-web-text';
  const answered = await handler(isText ? fromText(call) : call);
  const refusal = refusalOf(handler, call, answered);
  if (refusal !== undefined) return refusal;
  const mended = await mendStatus(answered, protocol);
  const header = mended.header ?? new Headers();
  for (const [name, value] of Object.entries(common)) header.set(name, String(value));
  return isText ? toText({ ...mended, header }) : { ...mended, header };
}

/** The cases in which the library answers with a status only. */
function refusalOf(
  { allowedMethods, method }: UniversalHandler,
  { header, method: verb }: UniversalServerRequest,
  { status }: UniversalServerResponse,
): Refusal | undefined {
  if (status === 405)
    return {
      code: Code.Unimplemented,
      message: `${verb} calls no rpc`,
      status,
      headers: { Allow: allowedMethods.join(', ') },
    };
  if (status === 415) {
    const types = acceptedTypes(method.methodKind);
    return {
      code: Code.InvalidArgument,
      message: `the Content-Type "${header.get('content-type') ?? ''}" is none of: ${types}`,
      status,
      headers: { Accept: types },
    };
  }
  if (status === 505)
    return { code: Code.Unimplemented, message: 'this rpc needs HTTP/2', status, headers: { Connection: 'close' } };
  return undefined;
}
