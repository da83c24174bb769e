import { callerKey, createAuthorizer } from '@platform/entitlements';
import { bind, type BoundService, createGrpcServer } from '@platform/grpc';
import {
  AuditServiceDefinition,
  BankLookupServiceDefinition,
  CustomerServiceDefinition,
  IdentityServiceDefinition,
  type Identity,
  RestrictionServiceDefinition,
  Role,
} from '@platform/messages';
import { type Clock, createLogger, readSettings } from '@platform/runtime';
import { createGatewayService, type GatewayConfig, gatewaySettings } from '../src/index.js';

export const secret = 'a secret of the tests and long enough';
export type CustomerHandlers = Parameters<typeof bind<typeof CustomerServiceDefinition>>[1];

export interface Stage {
  readonly origin: string;
  readonly port: number;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body: object): Promise<Response>;
  /** Stops the services, so that the gateway's peers are down. */
  stopPeers(): Promise<void>;
  closeGateway(): Promise<void>;
  close(): Promise<void>;
}

const rolesAtA = [
  Role.ROLE_CAN_GET_CUSTOMERS,
  Role.ROLE_CAN_GET_CUSTOMERS_MINIMAL,
  Role.ROLE_CAN_GET_CUSTOMER,
  Role.ROLE_CAN_GET_CUSTOMER_OVERVIEW,
  Role.ROLE_CAN_GET_CUSTOMER_OVERVIEW_FLAT,
  Role.ROLE_CAN_GET_CORRELATED_USERS_INFO,
  Role.ROLE_CAN_GET_CUSTOMER_EVENTS,
];
const identity: Identity = {
  user_id: 'u-1',
  consumer_id: 'c-1',
  username: 'reader',
  super_admin: false,
  scopes: [],
  call_limits: null,
  roles: [
    ...rolesAtA.map((role) => ({ role, bank_id: 'a' })),
    ...[Role.ROLE_CAN_USE_CUSTOMER_FIREHOSE_AT_ANY_BANK, Role.ROLE_CAN_CREATE_CONSUMER].map((role) => ({
      role,
      bank_id: '',
    })),
  ],
};
/** If an event is not confirmed, the gateway sends it again while it closes. */
const trail = bind(AuditServiceDefinition, { recordAuditEvents: async () => ({}) });
const identities = [
  bind(IdentityServiceDefinition, { resolveToken: async () => identity }),
  bind(RestrictionServiceDefinition, { getRestrictions: async () => ({ restrictions: [] }) }),
  bind(BankLookupServiceDefinition, { findBank: async ({ bank_id }) => ({ exists: bank_id === 'a' }) }),
];

/**
 * The gateway in front of real gRPC servers with canned handlers: one user, one bank, the test's customer handlers.
 * @param others what the services behind the gateway serve in addition, all in one process
 * @param injected the clock for customers, and how long a client may go without reading
 */
export async function createStage(
  customers: CustomerHandlers,
  settings: Partial<GatewayConfig> = {},
  others: readonly BoundService[] = [],
  injected: { clock?: Clock; write_ms?: number } = {},
): Promise<Stage> {
  const { clock, ...limits } = injected;
  const directory = await serve([
    ...identities,
    ...(others.some(({ definition }) => definition === AuditServiceDefinition) ? [] : [trail]),
    ...others,
  ]);
  const peer = await serve([bind(CustomerServiceDefinition, customers)], clock);
  const other = `127.0.0.1:${directory.port}`;
  const gateway = await createGatewayService(
    {
      ...readSettings(gatewaySettings, { CALLER_SECRET: secret }),
      HOST: '127.0.0.1',
      PORT: 0,
      PUBLIC_URL: 'http://gateway.test',
      CUSTOMERS_ADDRESS: `127.0.0.1:${peer.port}`,
      DIRECTORY_ADDRESS: other,
      ATTRIBUTES_ADDRESS: other,
      LINKS_ADDRESS: other,
      AGENTS_ADDRESS: other,
      EVENTS_ADDRESS: other,
      BODY_LIMIT: 1_048_576,
      ALLOW_CUSTOMER_FIREHOSE: false,
      LOG_LEVEL: 'silent',
      DRAIN_LINGER_MS: 0,
      MAX_EVENT_LOOP_DELAY_MS: 60_000,
      ...settings,
    },
    {},
    limits,
  );
  const origin = `http://127.0.0.1:${gateway.port}`;
  const stopPeers = once(async () => void (await Promise.all([directory.close(), peer.close()])));
  const closeGateway = once(() => gateway.close());
  return {
    origin,
    port: gateway.port,
    get: (path, headers = {}) =>
      fetch(`${origin}/obp/v5.1.0${path}`, { headers: { DirectLogin: 'token=T', ...headers } }),
    post: (path, body) =>
      fetch(`${origin}/obp/v5.1.0${path}`, {
        method: 'POST',
        headers: { DirectLogin: 'token=T', 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    stopPeers,
    closeGateway,
    async close() {
      await closeGateway();
      await stopPeers();
    },
  };
}

/** Runs services on a free port. */
export function serve(
  services: readonly BoundService[],
  clock: Clock = Date.now,
): Promise<{ port: number; close(): Promise<void> }> {
  const authorize = createAuthorizer({ secret, clock, log: createLogger('test', 'silent') });
  return createGrpcServer({
    host: '127.0.0.1',
    port: 0,
    services,
    authorize,
    callerKey,
    log: createLogger('test', 'silent'),
    drain_ms: 500,
  });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
