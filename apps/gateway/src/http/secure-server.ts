import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { WatchedCertificates } from '@platform/grpc';

const handshake_ms = 10_000;
const oldest = 'TLSv1.2';

/** A server with TLS 1.2 and 1.3 that negotiates HTTP/2 or HTTP/1.1, and loads new certificates without a restart. */
export function createSecureServer(
  { current, watch }: WatchedCertificates,
  accept: (socket: TLSSocket) => void,
): Server {
  const server = createServer(
    {
      ...current(),
      minVersion: oldest,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: handshake_ms,
      noDelay: true,
    },
    accept,
  );
  const watching = watch((changed) => server.setSecureContext({ ...changed, minVersion: oldest }));
  server.once('close', () => watching.stop());
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
