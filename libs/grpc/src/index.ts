export { createPeer, type Peer } from './client.js';
export type { CallContext } from './own-call.js';
export {
  type BoundService,
  bind,
  type Call,
  type Given,
  pathOf,
  type Handler,
  type Implementation,
  type MethodDefinition,
  type RequestOf,
  type ResponseOf,
  type Rpc,
  rpc,
  type ServiceDefinition,
  toRpc,
} from './rpc.js';
export { boundTimeout, boundTimeoutMs } from './deadline.js';
export { createExistence, createLookUps, holdDeadline, requestTime_ms } from './time-left.js';
export { createReflection, reflectionVersions } from './reflection.js';
export { type CertificateFiles, openCertificates, type WatchedCertificates } from './certificates.js';
export { type Links, linkSettings, linksOf, openLinks, plainLinksFaults } from './links.js';
export type { MutualTls } from './mutual-tls.js';
export { inMemory } from './exchange/in-memory.js';
export { createGrpcServer, type GrpcServerOptions } from './server.js';
export { codeOf } from './status.js';
export type { Codec } from './wire.js';
export { type Cut, messagesOf } from './messages-of.js';
