import { createTrail } from '@platform/audit';
import { readEndpoints } from '@platform/endpoints';
import { scopePolicy } from '@platform/entitlements';
import { linksOf, openCertificates, openLinks, rpc } from '@platform/grpc';
import { AuditServiceDefinition } from '@platform/messages';
import { createLogger, type Environment, systemClock } from '@platform/runtime';
import { createAuthentication } from './auth/authentication.js';
import type { DirectoryCall } from './auth/caller.js';
import { directLoginRoute } from './auth/direct-login.js';
import { createOAuth } from './auth/oauth/oauth.js';
import { createBearerTokens } from './auth/oidc/bearer-tokens.js';
import { openIssuers } from './auth/oidc/issuers.js';
import { createWellKnown } from './auth/oidc/well-known.js';
import { createSessions } from './auth/sessions.js';
import { type Backend, createBackend } from './calls/backend.js';
import { corsOrigins, type GatewayConfig, httpsFiles } from './config.js';
import { reflectionRoutes } from './connect/reflection.js';
import { createRpcHandler } from './connect/rpc-handler.js';
import { connectRoutes } from './connect/surface.js';
import { createDocumentation } from './docs/documentation.rpc.js';
import { explorerRoutes } from './explorer/routes.js';
import { createAdmission } from './guards/admission.js';
import { createAddressLimits } from './guards/address-limits.js';
import { createCallLimiter } from './guards/call-limits.js';
import { forceErrors } from './guards/forced-errors.js';
import { createLoadShedding } from './guards/load-shedding.js';
import { createRestrictions } from './guards/restrictions.js';
import { healthRoutes } from './health.js';
import { createClientAddress } from './http/client-address.js';
import { createCommonHeaders } from './http/common-headers.js';
import { createEdgeServer, type EdgeServerOptions } from './http/edge-server.js';
import { createTranscoder } from './rest/transcoder.js';
import { createPartsMonitor } from './parts-monitor.js';
import { enabledEndpoints, enabledVersions, isOn } from './switches.js';
import { createViews } from './views/views.js';
import { createWatching } from './views/watching.js';

const recordAuditEvents = rpc(AuditServiceDefinition, 'recordAuditEvents');

/**
 * Starts the edge: REST, Connect, gRPC-Web and gRPC on one port. It needs no database, and no service before a call.
 * @param injected replacements for tests
 */
export async function createGatewayService(
  config: GatewayConfig,
  env: Environment,
  injected: Pick<EdgeServerOptions, 'write_ms'> = {},
): Promise<{ port: number; close(): Promise<void> }> {
  const https = httpsFiles(config);
  const secret = config.CALLER_SECRET as string;
  const log = createLogger('gateway', config.LOG_LEVEL);
  const endpoints = enabledEndpoints(readEndpoints(), config);
  const issuers = config.ALLOW_OAUTH2_LOGIN ? openIssuers(config.OIDC_ISSUERS, { log }) : [];
  const versions = enabledVersions(config);
  const watching = createWatching({ most: config.MAX_WATCHERS, life_ms: config.WATCH_SECONDS * 1_000 });
  let closing = false;
  const trail = createTrail({
    target: config.AUDIT_LOG,
    store: async (events) =>
      void (await backend.asService(recordAuditEvents, { events: [...events] }, `audit-${events[0]?.event_id ?? ''}`)),
    log,
    clock: systemClock,
  });
  const backend: Backend = createBackend({
    addresses: {
      'obp.directory.v1': config.DIRECTORY_ADDRESS,
      'obp.customers.v1': config.CUSTOMERS_ADDRESS,
      'obp.attributes.v1': config.ATTRIBUTES_ADDRESS,
      'obp.links.v1': config.LINKS_ADDRESS,
      'obp.agents.v1': config.AGENTS_ADDRESS,
      'obp.events.v1': config.EVENTS_ADDRESS,
    },
    secret,
    clock: systemClock,
    tls: openLinks(linksOf(config), log),
    log,
    trail,
    views: (own) =>
      createViews(
        own,
        config,
        createWellKnown(issuers),
        createDocumentation(own, { endpoints, public_url: config.PUBLIC_URL, versions }),
        watching,
        endpoints,
      ),
  });
  const monitor = createPartsMonitor(backend.parts, systemClock);
  const directory: DirectoryCall = (method, request, correlation_id) =>
    backend.asService(method, request, correlation_id);
  const sessions = createSessions(directory);
  const addresses = createAddressLimits(directory, trail, {
    logins_per_minute: config.LOGINS_PER_ADDRESS_AND_MINUTE,
    wrong_passwords_per_hour: config.WRONG_PASSWORDS_PER_ADDRESS_AND_HOUR,
    writes_per_hour: config.ANONYMOUS_WRITES_PER_ADDRESS_AND_HOUR,
  });
  const clientAddress = createClientAddress(config.TRUSTED_PROXIES);
  const commonHeaders = createCommonHeaders({
    cors_origins: corsOrigins(config, env),
    https: config.PUBLIC_URL.startsWith('https:'),
  });
  const oauth = createOAuth({
    call: directory,
    addresses,
    public_url: config.PUBLIC_URL,
    secret,
  });
  const admit = createAdmission({
    authenticate: createAuthentication({
      sessions,
      direct_login: config.ALLOW_DIRECT_LOGIN,
      oauth: oauth.credentials,
      ...(config.ALLOW_OAUTH2_LOGIN ? { oidc: createBearerTokens({ issuers, call: directory }) } : {}),
    }),
    sessions,
    isOn: (setting) => isOn(config, setting),
    scopes: scopePolicy(config),
    restrictions: createRestrictions(directory),
    addresses,
    trail,
    ...(config.USE_CONSUMER_LIMITS
      ? {
          limiter: createCallLimiter(directory, {
            anonymous_per_hour: config.USER_CONSUMER_LIMIT_ANONYMOUS_ACCESS,
            excluded: new Set(config.RATE_LIMITING_EXCLUDE_ENDPOINTS),
          }),
        }
      : {}),
    ...(config.CREATE_JUST_IN_TIME_ENTITLEMENTS ? { grantJustInTime: sessions.grantJustInTime } : {}),
    ...(config.ENABLE_FORCE_ERROR ? { forcedErrors: forceErrors } : {}),
  });
  const shedding = createLoadShedding({
    max_in_flight: config.MAX_REQUESTS_IN_FLIGHT,
    max_delay_ms: config.MAX_EVENT_LOOP_DELAY_MS,
  });
  const transcoder = createTranscoder({
    endpoints,
    edgeRoutes: [
      ...(config.ALLOW_DIRECT_LOGIN ? [directLoginRoute(sessions, addresses)] : []),
      ...oauth.routes,
      ...explorerRoutes(),
      ...healthRoutes(monitor, () => closing),
    ],
    versions,
    backend,
    admit,
    clientAddress,
    commonHeaders,
    shedding,
    realm: config.PUBLIC_URL,
    bodyLimit: config.BODY_LIMIT,
    log,
  });
  const routes = [
    connectRoutes({ endpoints, backend, admit, log }),
    ...(config.GRPC_REFLECTION ? [reflectionRoutes(endpoints)] : []),
  ];
  const handler = createRpcHandler({
    routes: (router) => routes.forEach((add) => add(router)),
    fallback: transcoder,
    lasting: new Set(endpoints.filter(({ event_stream }) => event_stream).map(({ rpc_path }) => rpc_path)),
    clientAddress,
    commonHeaders,
    shedding,
    log,
  });
  const server = await createEdgeServer({
    host: config.HOST,
    port: config.PORT,
    handler,
    commonHeaders,
    max_connections: config.MAX_CONNECTIONS,
    accept_ms: config.DRAIN_LINGER_MS,
    ...injected,
    ...(https === undefined ? {} : { certificates: openCertificates(https, log) }),
  });
  log.info({ host: config.HOST, port: server.port, tls: https !== undefined }, 'listening');
  return {
    port: server.port,
    async close() {
      closing = true;
      watching.close();
      await server.close();
      monitor.close();
      shedding.close();
      await trail.close();
      backend.close();
    },
  };
}
