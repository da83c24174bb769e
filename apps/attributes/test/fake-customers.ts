import { callerKey, createAuthorizer } from '@platform/entitlements';
import { bind, createGrpcServer } from '@platform/grpc';
import { type CustomerKey, CustomerServiceDefinition } from '@platform/messages';
import { createLogger } from '@platform/runtime';

/** A customers service that knows only the customers that a test adds. */
export interface FakeCustomers {
  readonly port: number;
  /** The number of calls. */
  calls: number;
  /** Awaited before each response, after its content was decided. */
  pause: Promise<void>;
  /** Whether it answers with an error. */
  broken: boolean;
  add(...keys: CustomerKey[]): void;
  remove(key: CustomerKey): void;
  close(): Promise<void>;
}

const textOf = ({ bank_id, customer_id }: CustomerKey): string => `${bank_id}/${customer_id}`;

/** @param secret signs the assertions of its callers */
export async function createFakeCustomers(secret: string): Promise<FakeCustomers> {
  const known = new Set<string>();
  const service = bind(CustomerServiceDefinition, {
    async findCustomers({ keys }) {
      fake.calls += 1;
      const found = keys.filter((key) => known.has(textOf(key)));
      await fake.pause;
      if (fake.broken) throw new Error('out of order');
      return { keys: found };
    },
  });
  const authorize = createAuthorizer({ secret, clock: Date.now, log: createLogger('test', 'silent') });
  const server = await createGrpcServer({
    host: '127.0.0.1',
    port: 0,
    services: [service],
    authorize,
    callerKey,
    log: createLogger('test', 'silent'),
  });
  const fake: FakeCustomers = {
    port: server.port,
    calls: 0,
    pause: Promise.resolve(),
    broken: false,
    add: (...keys) => keys.forEach((key) => known.add(textOf(key))),
    remove: (key) => known.delete(textOf(key)),
    close: () => server.close(),
  };
  return fake;
}
