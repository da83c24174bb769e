import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import {
  ServerReflectionDefinition,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '@platform/messages';
import { createReflection, reflectionVersions } from './reflection.js';
import { pathOf, toGrpcMethod } from './rpc.js';

type ReflectionCall = ServerDuplexStream<ServerReflectionRequest, ServerReflectionResponse>;

/** Serves reflection v1 and v1alpha for the rpcs. It needs no caller: the contract is public. */
export function addReflection(server: Server, rpcs: readonly string[]): void {
  const reflect = createReflection(rpcs);
  const method = ServerReflectionDefinition.methods.serverReflectionInfo;
  const serve = (call: ReflectionCall): void => {
    call.on('data', (question: ServerReflectionRequest) => {
      if (call.write(reflect(question))) return;
      // No more requests are read from a client that does not read its responses.
      call.pause();
      call.once('drain', () => call.resume());
    });
    call.on('end', () => call.end());
    // grpc-js has reported the error to the client.
    call.on('error', () => undefined);
  };
  for (const fullName of reflectionVersions) {
    const path = pathOf({ fullName, methods: {} }, method.name);
    server.addService({ [method.name]: toGrpcMethod(path, method) }, { [method.name]: serve });
  }
}
