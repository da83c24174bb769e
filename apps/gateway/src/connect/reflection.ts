import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import { ServerReflection, ServerReflectionRequestSchema, ServerReflectionResponseSchema } from '@platform/descriptors';
import type { Endpoint } from '@platform/endpoints';
import { createReflection, reflectionVersions } from '@platform/grpc';
import { ServerReflectionRequest, ServerReflectionResponse } from '@platform/messages';

/** Describes the operations to tools that know only the port. */
export function reflectionRoutes(endpoints: readonly Endpoint[]): (router: ConnectRouter) => void {
  const reflect = createReflection(endpoints.map(({ rpc_path }) => rpc_path));
  const { serverReflectionInfo: method } = ServerReflection.method;
  return (router) => {
    for (const typeName of reflectionVersions) {
      router.rpc({ ...method, parent: { ...method.parent, typeName } }, async function* (questions) {
        for await (const question of questions) {
          const answer = reflect(ServerReflectionRequest.decode(toBinary(ServerReflectionRequestSchema, question)));
          yield fromBinary(ServerReflectionResponseSchema, ServerReflectionResponse.encode(answer).finish());
        }
      });
    }
  };
}
