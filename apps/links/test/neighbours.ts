import { callerKey, createAuthorizer } from '@platform/entitlements';
import { bind, createGrpcServer } from '@platform/grpc';
import {
  AccountServiceDefinition,
  CustomerServiceDefinition,
  UserAttributeServiceDefinition,
} from '@platform/messages';
import { createLogger } from '@platform/runtime';
import { setTimeout as sleep } from 'node:timers/promises';

/** The services that links depends on, with only the rpcs it calls; a test decides what exists. */
export interface Neighbours {
  readonly address: string;
  /** "bank/customer" */
  readonly customers: Set<string>;
  readonly users: Set<string>;
  /** "bank/account" */
  readonly accounts: Set<string>;
  /** The calls: the rpc's name and the number of keys. */
  readonly asked: { readonly rpc: string; readonly keys: number }[];
  /** Runs before an rpc answers. */
  before: (rpc: string) => Promise<unknown>;
  close(): Promise<void>;
}

export async function createNeighbours(secret: string): Promise<Neighbours> {
  const customers = new Set<string>();
  const users = new Set<string>();
  const accounts = new Set<string>();
  const asked: { rpc: string; keys: number }[] = [];
  const note = (rpc: string, keys: number) => {
    asked.push({ rpc, keys });
    return neighbours.before(rpc);
  };
  const server = await createGrpcServer({
    host: '127.0.0.1',
    port: 0,
    authorize: createAuthorizer({ secret, clock: Date.now, log: createLogger('test', 'silent') }),
    callerKey,
    log: createLogger('neighbours', 'silent'),
    services: [
      bind(CustomerServiceDefinition, {
        async findCustomers({ keys }) {
          await note('findCustomers', keys.length);
          return { keys: keys.filter(({ bank_id, customer_id }) => customers.has(`${bank_id}/${customer_id}`)) };
        },
      }),
      bind(UserAttributeServiceDefinition, {
        async findUsers({ user_ids }) {
          await note('findUsers', user_ids.length);
          return { user_ids: user_ids.filter((id) => users.has(id)) };
        },
      }),
      bind(AccountServiceDefinition, {
        async findAccounts({ bank_id, account_ids }) {
          await note('findAccounts', account_ids.length);
          return { account_ids: account_ids.filter((id) => accounts.has(`${bank_id}/${id}`)) };
        },
      }),
    ],
  });
  const neighbours: Neighbours = {
    address: `127.0.0.1:${server.port}`,
    customers,
    users,
    accounts,
    asked,
    before: () => sleep(0),
    close: () => server.close(),
  };
  return neighbours;
}
