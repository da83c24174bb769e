import { callerKey, createAuthorizer } from '@platform/entitlements';
import { type BoundService, createGrpcServer } from '@platform/grpc';
import { bind } from '@platform/grpc';
import { CustomerServiceDefinition, IdentityServiceDefinition, type Identity, Role } from '@platform/messages';
import { createLogger } from '@platform/runtime';
import { createGatewayService, type GatewayConfig } from '../src/index.js';

export const secret = 'a secret of the tests, long enough';
export type CustomerHandlers = Parameters<typeof bind<typeof CustomerServiceDefinition>>[1];

export interface Stage {
  readonly origin: string;
  readonly port: number;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Stops the services, so that the gateway's peers are down. */
  stopPeers(): Promise<void>;
  closeGateway(): Promise<void>;
  close(): Promise<void>;
}

const identity: Identity = {
  user_id: 'u-1', consumer_id: 'c-1', username: 'reader', super_admin: false,
  roles: [{ role: Role.ROLE_CAN_GET_CUSTOMERS, bank_id: 'a' }, { role: Role.ROLE_CAN_GET_CUSTOMERS_MINIMAL, bank_id: 'a' }],
};

/** The gateway in front of real gRPC servers with canned handlers: one user, one bank, customers as a test wants them. */
export async function createStage(customers: CustomerHandlers, settings: Partial<GatewayConfig> = {}): Promise<Stage> {
  const directory = await serve(bind(IdentityServiceDefinition, { resolveToken: async () => identity, findBank: async ({ bank_id }) => ({ exists: bank_id === 'a' }) }));
  const peer = await serve(bind(CustomerServiceDefinition, customers));
  const gateway = await createGatewayService({
    HOST: '127.0.0.1', PORT: 0, PUBLIC_URL: 'http://gateway.test', DIRECTORY_ADDRESS: `127.0.0.1:${directory.port}`, CUSTOMERS_ADDRESS: `127.0.0.1:${peer.port}`,
    CALLER_SECRET: secret, BODY_LIMIT: 1_048_576, ALLOW_CUSTOMER_FIREHOSE: false, LOG_LEVEL: 'silent', DRAIN_LINGER_MS: 0, ...settings,
  });
  const origin = `http://127.0.0.1:${gateway.port}`;
  const stopPeers = once(async () => void (await Promise.all([directory.close(), peer.close()])));
  const closeGateway = once(() => gateway.close());
  return {
    origin,
    port: gateway.port,
    get: (path, headers = {}) => fetch(`${origin}/obp/v5.1.0${path}`, { headers: { DirectLogin: 'token=T', ...headers } }),
    stopPeers,
    closeGateway,
    async close() {
      await closeGateway();
      await stopPeers();
    },
  };
}

function serve(service: BoundService): Promise<{ port: number; close(): Promise<void> }> {
  const authorize = createAuthorizer({ secret, clock: Date.now });
  return createGrpcServer({ host: '127.0.0.1', port: 0, services: [service], authorize, callerKey, log: createLogger('test', 'silent'), drain_ms: 500 });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
