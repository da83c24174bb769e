import {
  type Server,
  type ServerWritableStream,
  type sendUnaryData,
  type ServerUnaryCall,
  status,
} from '@grpc/grpc-js';
import {
  type HealthCheckRequest,
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthDefinition,
  type HealthListResponse,
} from '@platform/messages';
import { pathOf, toGrpcMethod } from './rpc.js';

/** The rpcs of grpc.health.v1 in grpc-js's form. */
export const healthMethods = {
  check: toGrpcMethod(pathOf(HealthDefinition, 'Check'), HealthDefinition.methods.check),
  watch: toGrpcMethod(pathOf(HealthDefinition, 'Watch'), HealthDefinition.methods.watch),
  list: toGrpcMethod(pathOf(HealthDefinition, 'List'), HealthDefinition.methods.list),
};

/**
 * Serves grpc.health.v1 for the services of one process, and for the server as a whole, whose name is ''. It needs no
 * caller assertion.
 * @param names full names of the services
 * @returns a function that sets whether they serve; at first they do
 */
export function addHealth(server: Server, names: readonly string[]): (serves: boolean) => void {
  const known = new Set(['', ...names]);
  const watchers = new Set<ServerWritableStream<HealthCheckRequest, HealthCheckResponse>>();
  let current: HealthCheckResponse = { status: ServingStatus.SERVING };
  server.addService(healthMethods, {
    check(
      { request: { service } }: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>,
      answer: sendUnaryData<HealthCheckResponse>,
    ) {
      if (known.has(service)) answer(null, current);
      else answer({ code: status.NOT_FOUND, details: `no service ${service} is here` });
    },
    watch(call: ServerWritableStream<HealthCheckRequest, HealthCheckResponse>) {
      if (!known.has(call.request.service)) return void call.write({ status: ServingStatus.SERVICE_UNKNOWN });
      watchers.add(call);
      call.on('cancelled', () => watchers.delete(call));
      call.write(current);
    },
    list: (_call: unknown, answer: sendUnaryData<HealthListResponse>) =>
      answer(null, { statuses: Object.fromEntries([...known].map((name) => [name, current])) }),
  });
  return (serves) => {
    current = { status: serves ? ServingStatus.SERVING : ServingStatus.NOT_SERVING };
    for (const call of watchers) call.write(current);
  };
}
