import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { fileDescriptorSet } from '@platform/messages';

type Root = ConstructorParameters<typeof ReflectionService>[0];

/** Serves reflection v1 and v1alpha for the named services. Listing needs no caller: the contract is public. */
export function addReflection(server: Server, services: readonly string[]): void {
  // Only the files are read of these, once per entry: what proto-loader makes of the set names them in each of
  // hundreds of entries, half a second of every start.
  const root = {
    contract: { fileDescriptorProtos: filesOf(Buffer.from(fileDescriptorSet, 'base64')) },
  };
  new ReflectionService(root as unknown as Root, { services: [...services] }).addToServer(server);
}

/** The files of an encoded FileDescriptorSet: nothing but `repeated FileDescriptorProto file = 1`. */
function filesOf(set: Buffer): Buffer[] {
  const files: Buffer[] = [];
  for (let at = 0; at < set.length; ) {
    let length = 0;
    let shift = 0;
    let byte = 0x80;
    for (at += 1; byte >= 0x80; at += 1, shift += 7) {
      byte = set[at] as number;
      length += (byte & 0x7f) * 2 ** shift;
    }
    files.push(set.subarray(at, at + length));
    at += length;
  }
  return files;
}
