import { connectNodeAdapter } from '@connectrpc/connect-node';
import { Feature } from '@platform/descriptors';
import { readEndpoints } from '@platform/endpoints';
import { createLogger, systemClock } from '@platform/runtime';
import { directLoginRoute } from './auth/direct-login.js';
import { createSessions } from './auth/sessions.js';
import { createBackend } from './calls/backend.js';
import type { GatewayConfig } from './config.js';
import { connectRoutes } from './connect/surface.js';
import { createAdmission } from './guards/admission.js';
import { healthRoutes } from './health.js';
import { createEdgeServer } from './http/edge-server.js';
import { createTranscoder } from './http/transcoder.js';
import { createViews } from './views/views.js';

const rpcLimits = { readMaxBytes: 1_048_576, writeMaxBytes: 4_194_304, maxTimeoutMs: 30_000 } as const;

/** Starts the edge: REST, Connect, gRPC-Web and gRPC on one port. It needs no database, and its peers only at the first call. */
export async function createGatewayService(config: GatewayConfig): Promise<{ port: number; close(): Promise<void> }> {
  if (config.CALLER_SECRET === undefined) throw new Error('CALLER_SECRET must be set: the same for all processes, at least 32 characters');
  const log = createLogger('gateway', config.LOG_LEVEL);
  const endpoints = readEndpoints();
  let closing = false;
  const backend = createBackend({
    addresses: {
      'obp.directory.v1': config.DIRECTORY_ADDRESS,
      'obp.customers.v1': config.CUSTOMERS_ADDRESS,
      'obp.attributes.v1': config.ATTRIBUTES_ADDRESS,
      'obp.links.v1': config.LINKS_ADDRESS,
      'obp.agents.v1': config.AGENTS_ADDRESS,
    },
    secret: config.CALLER_SECRET,
    clock: systemClock,
    views: (own) => createViews(own, config.PUBLIC_URL),
  });
  const sessions = createSessions((method, request, correlation_id) => backend.asService(method, request, correlation_id));
  const admit = createAdmission(sessions, { [Feature.CUSTOMER_FIREHOSE]: config.ALLOW_CUSTOMER_FIREHOSE });
  const transcoder = createTranscoder({
    endpoints,
    edgeRoutes: [directLoginRoute(sessions), ...healthRoutes(backend, () => closing)],
    backend,
    admit,
    realm: config.PUBLIC_URL,
    bodyLimit: config.BODY_LIMIT,
    log,
  });
  const handler = connectNodeAdapter({ routes: connectRoutes({ endpoints, backend, admit, log }), fallback: transcoder as never, ...rpcLimits });
  const server = await createEdgeServer({ host: config.HOST, port: config.PORT, handler, accept_ms: config.DRAIN_LINGER_MS });
  return {
    port: server.port,
    async close() {
      closing = true;
      await server.close();
      backend.close();
    },
  };
}
