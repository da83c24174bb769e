import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { fileDescriptors } from '@platform/messages';

type Root = ConstructorParameters<typeof ReflectionService>[0];

/** Serves reflection v1 and v1alpha for the named services. Listing needs no caller: the contract is public. */
export function addReflection(server: Server, services: readonly string[]): void {
  // Only the files are read of these, once per entry: what proto-loader makes of the set names them in each of
  // hundreds of entries, half a second of every start.
  const root = { contract: { fileDescriptorProtos: fileDescriptors.map((file) => Buffer.from(file, 'base64')) } };
  new ReflectionService(root as unknown as Root, { services: [...services] }).addToServer(server);
}
