import type { Server } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { fileDescriptorSet } from '@platform/messages';

/** Serves reflection v1 and v1alpha for the named services. Listing needs no caller: the contract is public. */
export function addReflection(server: Server, services: readonly string[]): void {
  const definitions = loadFileDescriptorSetFromBuffer(Buffer.from(fileDescriptorSet, 'base64'));
  new ReflectionService(definitions, { services: [...services, 'grpc.health.v1.Health'] }).addToServer(server);
}
