import {
  type ChannelCredentials,
  type ChannelOptions,
  credentials,
  experimental,
  type Metadata,
  ServerCredentials,
} from '@grpc/grpc-js';
import { rpcTable } from '@platform/messages';
import type { Http2SecureServer, Http2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Certificates, WatchedCertificates } from './certificates.js';

/** Who calls whom between the processes: each end shows a certificate of the platform's own authority, on its service's name. */
export interface MutualTls {
  readonly certificates: WatchedCertificates;
  /** The name in a service's certificate: "customers", or "customers.bank.internal". */
  readonly nameOf: (service: string) => string;
}

/** Those who may connect: whoever the contract lets call something. */
const callers = new Set(Object.values(rpcTable).flatMap((rule) => rule.callers));
/** Tells a call of the services that its connection may speak for. Whatever a client sets itself is overwritten. */
const peerKey = 'obp-peer';

/** Whether a call came over a connection of that service. */
export function isFrom(metadata: Metadata, service: string): boolean {
  return String(metadata.get(peerKey)[0] ?? '')
    .split(',')
    .includes(service);
}

export function serverCredentials(tls: MutualTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const provider = providerOf(tls.certificates);
  // Its two first parameters have each other's names in grpc-js 1.14; one provider is both.
  return experimental.createCertificateProviderServerCredentials(provider, provider, true);
}

/** @param service the one at the other end */
export function channelCredentials(
  tls: MutualTls | undefined,
  service: string,
): { credentials: ChannelCredentials; options: ChannelOptions } {
  if (tls === undefined) return { credentials: credentials.createInsecure(), options: {} };
  const provider = providerOf(tls.certificates);
  // Replicas have addresses, and the certificate has the service's name.
  return {
    credentials: experimental.createCertificateProviderChannelCredentials(provider, provider),
    options: { 'grpc.ssl_target_name_override': tls.nameOf(service) },
  };
}

/** Ends connections of whoever is no peer, and names the peers in the metadata of each call. */
export function namePeers(server: Http2SecureServer, tls: MutualTls): void {
  const byName = new Map([...callers].map((service) => [tls.nameOf(service), service]));
  const servicesOf = (socket: Parameters<typeof namesOf>[0]): string =>
    namesOf(socket)
      .flatMap((name) => byName.get(name) ?? [])
      .join();
  server.prependListener('secureConnection', (socket: TLSSocket) => servicesOf(socket) === '' && socket.destroy());
  const peers = new WeakMap<Http2Session, string>();
  server.prependListener('session', (session) => peers.set(session, servicesOf(session.socket as TLSSocket)));
  server.prependListener('stream', (stream, headers) => {
    headers[peerKey] = stream.session === undefined ? '' : (peers.get(stream.session) ?? '');
  });
}

/** The DNS names of a client's certificate; none when it has gone. */
function namesOf(socket: Partial<Pick<TLSSocket, 'getPeerCertificate'>>): string[] {
  return (socket.getPeerCertificate?.().subjectaltname ?? '')
    .split(', ')
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice(4));
}

type Provider = Parameters<typeof experimental.createCertificateProviderChannelCredentials>[0];

/** As grpc-js listens for certificates. */
function providerOf(certificates: WatchedCertificates): Provider {
  const watched = new Map<unknown, { stop(): void }>();
  const add = <Update>(listener: (update: Update) => void, updateOf: (certificates: Certificates) => Update): void => {
    watched.set(
      listener,
      certificates.watch((changed) => listener(updateOf(changed))),
    );
    process.nextTick(() => listener(updateOf(certificates.current())));
  };
  const remove = (listener: unknown): void => {
    watched.get(listener)?.stop();
    watched.delete(listener);
  };
  return {
    addCaCertificateListener: (listener) => add(listener, ({ ca = Buffer.alloc(0) }) => ({ caCertificate: ca })),
    removeCaCertificateListener: remove,
    addIdentityCertificateListener: (listener) =>
      add(listener, ({ cert, key }) => ({ certificate: cert, privateKey: key })),
    removeIdentityCertificateListener: remove,
  };
}
