import type { Code } from '@connectrpc/connect';
import { codeToHttpStatus, codeToString } from '@connectrpc/connect/protocol-connect';
import type { ServerResponse } from 'node:http';
import type { RpcProtocol } from './rpc-protocol.js';
import { encodeMessage, toFrame } from './rpc-status.js';

/** Why a call is refused before it is made. */
export interface Refusal {
  readonly code: Code.InvalidArgument | Code.Unimplemented | Code.ResourceExhausted;
  readonly message: string;
  /** For plain HTTP, when this status says more than the code. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const endOfStream = 0x02;

/** Answers in the form of the protocol, even if the request has not arrived completely. */
export function refuseRpc(
  response: ServerResponse,
  protocol: RpcProtocol | undefined,
  contentType: string,
  refusal: Refusal,
  common: Readonly<Record<string, string | number>>,
): void {
  const { status, headers, body } = carried(protocol, contentType, refusal);
  for (const [name, value] of Object.entries({ ...common, ...refusal.headers, ...headers }))
    response.setHeader(name, value);
  response.statusCode = status;
  // Without a body, the headers end the response: gRPC's "trailers only".
  if (body === undefined) {
    response.end();
  } else {
    response.setHeader('Content-Length', body.length);
    response.end(body);
  }
}

function carried(
  protocol: RpcProtocol | undefined,
  contentType: string,
  { code, message, status }: Refusal,
): { status: number; headers: Record<string, string>; body?: Buffer } {
  const error = { code: codeToString(code), message };
  switch (protocol) {
    case 'grpc':
    case 'grpc-web':
    case 'grpc-web-text':
      return {
        status: 200,
        headers: {
          'Content-Type': `application/${protocol}+proto`,
          'grpc-status': String(code),
          'grpc-message': encodeMessage(message),
        },
      };
    case 'connect-stream':
      return {
        status: 200,
        headers: {
          'Content-Type': /json/i.test(contentType) ? 'application/connect+json' : 'application/connect+proto',
        },
        body: toFrame(endOfStream, JSON.stringify({ error })),
      };
    default:
      return {
        status: status ?? codeToHttpStatus(code),
        headers: { 'Content-Type': 'application/json' },
        body: Buffer.from(JSON.stringify(error)),
      };
  }
}
