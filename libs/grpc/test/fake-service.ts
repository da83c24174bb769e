import {
  BankLookupServiceDefinition,
  type CallerAssertion,
  CustomerServiceDefinition,
  IdentityServiceDefinition,
} from '@platform/messages';
import { createLogger } from '@platform/runtime';
import {
  type BoundService,
  type CallContext,
  createGrpcServer,
  createPeer,
  type GrpcServerOptions,
  inMemory,
  type Peer,
  rpc,
} from '../src/index.js';

/** A read, a command and a stream of the contract, with handlers that the test provides. */
export const findBank = rpc(BankLookupServiceDefinition, 'findBank');
export const resolveToken = rpc(IdentityServiceDefinition, 'resolveToken');
export const logIn = rpc(IdentityServiceDefinition, 'logIn');
export const listCustomers = rpc(CustomerServiceDefinition, 'getCustomersMinimalAtAnyBank');

export const callerKey = 'obp-caller-bin';
export const context: CallContext = { assertion: () => Buffer.from('anybody'), correlation_id: 'c-1' };
export const noPage = { limit: null, offset: null, sort_direction: null };
export const password = { username: 'u', password: 'p', consumer_key: 'k', address: '' };
export const nobody: CallerAssertion = {
  issuer: 'gateway',
  user_id: '',
  consumer_id: '',
  bank_id: '',
  roles: [],
  issued_at: 0,
  expires_at: 0,
  service: false,
  rpc: '',
};

export interface Served {
  readonly port: number;
  readonly peer: Peer;
  serving(does: boolean): void;
  close(): Promise<void>;
}

/** The ways to carry a call. */
export const carriages = ['an exchange', 'gRPC alone', 'memory'] as const;
export type Carriage = (typeof carriages)[number];
let carriage: Carriage = 'an exchange';

/** Sets how calls are carried to services that are served from now on. */
export function carryBy(by: Carriage): void {
  carriage = by;
}

/** The services on a free port and a peer that calls them. */
export async function serve(
  services: readonly BoundService[],
  options: Partial<GrpcServerOptions> = {},
): Promise<Served> {
  const server = await createGrpcServer({
    host: '127.0.0.1',
    port: 0,
    services,
    authorize: () => nobody,
    callerKey,
    log: createLogger('test', 'silent'),
    exchanges: carriage !== 'gRPC alone',
    ...options,
  });
  const address = `127.0.0.1:${server.port}`;
  const peer = createPeer(carriage === 'memory' ? inMemory(address) : address, callerKey);
  return {
    port: server.port,
    peer,
    serving: server.serving,
    async close() {
      peer.close();
      await server.close();
    },
  };
}

/** A promise and the function that resolves it. */
export function createGate(): { readonly open: Promise<void>; release(): void } {
  let release: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (release = resolve));
  return { open, release: () => release() };
}

/** The error a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return promise.then(
    () => {
      throw new Error('nothing failed');
    },
    (error: unknown) => error as Error & Record<string, unknown>,
  );
}
