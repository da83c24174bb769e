export { type CallContext, createPeer, type Peer } from './client.js';
export { type BoundService, bind, type Call, pathOf, type Codec, type Handler, type Implementation, type MethodDefinition, type RequestOf, type ResponseOf, type Rpc, rpc, type ServiceDefinition } from './rpc.js';
export { createGrpcServer, type GrpcServerOptions } from './server.js';
