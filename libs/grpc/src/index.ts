export { type CallContext, createPeer, type Peer } from './client.js';
export { type BoundService, bind, type Call, pathOf, type Handler, type Implementation, type MethodDefinition, type RequestOf, type ResponseOf, type Rpc, rpc, type ServiceDefinition, toRpc } from './rpc.js';
export { boundTimeout, boundTimeoutMs } from './deadline.js';
export { createReflection, reflectionVersions } from './reflection.js';
export { createGrpcServer, type GrpcServerOptions } from './server.js';
export type { Codec } from './wire.js';
export { type Cut, messagesOf } from './messages-of.js';
