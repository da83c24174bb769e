import type { IncomingMessage } from 'node:http';

/** The protocol of an rpc on the wire. */
export type RpcProtocol = 'grpc' | 'grpc-web' | 'grpc-web-text' | 'connect' | 'connect-stream';

const contentTypes: readonly (readonly [RegExp, RpcProtocol])[] = [
  [/^application\/grpc-web-text(?![\w-])/i, 'grpc-web-text'],
  [/^application\/grpc-web(?![\w-])/i, 'grpc-web'],
  [/^application\/grpc(?![\w-])/i, 'grpc'],
  [/^application\/connect\+/i, 'connect-stream'],
  [/^application\/(json|proto)(?![\w-])/i, 'connect'],
];

/** The protocol that the content type names; undefined if it carries no rpc. */
export function protocolOf({ headers }: IncomingMessage): RpcProtocol | undefined {
  const type = headers['content-type'] ?? '';
  return contentTypes.find(([pattern]) => pattern.test(type))?.[1];
}

/** The content type without its parameters. Connect accepts hardly any, and no rpc needs one. */
export function withoutParameters(contentType: string): string {
  const [type = ''] = contentType.split(';', 1);
  return type.trim();
}

/** Whether a request calls an rpc, served here or not. Decided from its headers, because its body may never end. */
export function isRpc(request: IncomingMessage, path: string): boolean {
  if (request.method !== 'POST') return false;
  const protocol = protocolOf(request);
  // REST uses JSON too: then the path decides, or the header that most Connect clients send.
  if (protocol === 'connect')
    return request.headers['connect-protocol-version'] !== undefined || /^\/\w+(\.\w+)+\/\w+$/.test(path);
  return protocol !== undefined;
}

/** The content types that an rpc accepts, the one with the fewest requirements first. */
export function acceptedTypes(methodKind: string): string {
  const connect =
    methodKind === 'unary'
      ? ['application/json', 'application/proto']
      : ['application/connect+json', 'application/connect+proto'];
  return [...connect, 'application/grpc', 'application/grpc-web', 'application/grpc-web-text'].join(', ');
}
