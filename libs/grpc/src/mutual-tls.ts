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

/**
 * Mutual TLS between the processes: each side shows a certificate from the platform's own authority, with its service's
 * name.
 */
export interface MutualTls {
  readonly certificates: WatchedCertificates;
  /** The name in a service's certificate: "customers", or "customers.bank.internal". */
  readonly nameOf: (service: string) => string;
}

/** The services that may connect: those that the contract allows to call something. */
const callers = new Set(Object.values(rpcTable).flatMap((rule) => rule.callers));
/** The metadata key with the services that a call's connection may act for. A value from the client is overwritten. */
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
  // In grpc-js 1.14 the names of the first two parameters are swapped; here one provider is used for both.
  return experimental.createCertificateProviderServerCredentials(provider, provider, true);
}

/** @param service the service that is called */
export function channelCredentials(
  tls: MutualTls | undefined,
  service: string,
): { credentials: ChannelCredentials; options: ChannelOptions } {
  if (tls === undefined) return { credentials: credentials.createInsecure(), options: {} };
  const provider = providerOf(tls.certificates);
  // Replicas are reached by address, but the certificate contains the service's name.
  return {
    credentials: experimental.createCertificateProviderChannelCredentials(provider, provider),
    options: { 'grpc.ssl_target_name_override': tls.nameOf(service) },
  };
}

/** Closes connections that are not from a peer, and puts the peer's name into the metadata of each call. */
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

/** The DNS names in a client's certificate; none when the client has gone. */
function namesOf(socket: Partial<Pick<TLSSocket, 'getPeerCertificate'>>): string[] {
  return (socket.getPeerCertificate?.().subjectaltname ?? '')
    .split(', ')
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice(4));
}

type Provider = Parameters<typeof experimental.createCertificateProviderChannelCredentials>[0];

/** The certificates as a grpc-js provider. */
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
