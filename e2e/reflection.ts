import { Client, credentials } from '@grpc/grpc-js';
import { ServerReflectionRequest, ServerReflectionResponse } from '@platform/messages';

/** Requests the list of a server's services, in either version. @throws ServiceError */
export async function listServices(version: 'v1' | 'v1alpha', address: string): Promise<string[]> {
  const client = new Client(address, credentials.createInsecure());
  const encode = (question: ServerReflectionRequest) => Buffer.from(ServerReflectionRequest.encode(question).finish());
  const call = client.makeBidiStreamRequest(
    `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    encode,
    (bytes: Buffer) => ServerReflectionResponse.decode(bytes),
    { deadline: Date.now() + 10_000 },
  );
  try {
    return await new Promise<string[]>((done, failed) => {
      const names: string[] = [];
      call.on('data', ({ list_services_response }: ServerReflectionResponse) => {
        names.push(...(list_services_response?.service ?? []).map(({ name }) => name));
        call.end();
      });
      call.on('end', () => done(names)).on('error', failed);
      call.write({ ...ServerReflectionRequest.decode(new Uint8Array()), list_services: '*' });
    });
  } finally {
    client.close();
  }
}
