import { setTimeout as sleep } from 'node:timers/promises';
import { pageOf } from '@platform/input';
import { bind, type BoundService } from '@platform/grpc';
import {
  type Account,
  AccountServiceDefinition,
  type CustomerAttribute,
  CustomerAttributeLookupServiceDefinition,
  type CustomerKey,
  type CustomerV310,
  LinkLookupServiceDefinition,
  type StreamCustomersRequest,
  UserAttributeServiceDefinition,
  type UserWithAttributes,
} from '@platform/messages';
import type { GatewayConfig } from '../src/index.js';
import { createStage, type CustomerHandlers, type Stage } from './gateway.js';

/** What the services behind the gateway know, and what they were asked. Tests fill it and inspect it. */
export interface World {
  /** In the order of the firehose, ascending. */
  customers: CustomerV310[];
  attributes: { key: CustomerKey; attribute: CustomerAttribute }[];
  userLinks: { key: CustomerKey; user_id: string }[];
  accountLinks: { key: CustomerKey; account_id: string }[];
  accounts: Account[];
  users: UserWithAttributes[];
  /** Items per streamed message. */
  perMessage: number;
  /** The rpcs that were called, in order. */
  readonly calls: string[];
  readonly streamed: StreamCustomersRequest[];
  /** Awaited before a call is answered. */
  gate: (rpc: string) => Promise<void>;
}

export interface Theatre extends Stage {
  readonly world: World;
  /** Resets the world and fills it with this content. */
  play(content: Partial<World>): World;
}

/** Starts the gateway in front of a world. */
export async function createTheatre(settings: Partial<GatewayConfig> = {}): Promise<Theatre> {
  const world = emptyWorld();
  const stage = await createStage(customersOf(world), settings, [
    attributesOf(world),
    linksOf(world),
    accountsOf(world),
    usersOf(world),
  ]);
  return { ...stage, world, play: (content) => Object.assign(world, emptyWorld(), content) };
}

function emptyWorld(): World {
  return {
    customers: [],
    attributes: [],
    userLinks: [],
    accountLinks: [],
    accounts: [],
    users: [],
    perMessage: 1_000,
    calls: [],
    streamed: [],
    gate: async () => undefined,
  };
}

/** The status and the message of a refusal. */
export async function refusalOf(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as { message: string }).message];
}

/** Holds calls of these rpcs until each of them has come. @throws in the call, when one does not come */
export function together(...rpcs: string[]): World['gate'] {
  const missing = new Set(rpcs);
  let release: () => void = () => undefined;
  const complete = new Promise<void>((resolve) => (release = resolve));
  return async (rpc) => {
    if (!rpcs.includes(rpc)) return;
    missing.delete(rpc);
    if (missing.size === 0) release();
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`${rpc} waits in vain`)), 2_000).unref(),
    );
    await Promise.race([complete, late]);
  };
}

/** Delays the calls of an rpc, and returns the highest number of concurrent ones. */
export function timed(world: World, rpc: string, time_ms: () => number): () => number {
  let now = 0;
  let most = 0;
  world.gate = async (called) => {
    if (called !== rpc) return;
    most = Math.max(most, (now += 1));
    await sleep(time_ms());
    now -= 1;
  };
  return () => most;
}

const same = (a: CustomerKey) => (b: CustomerKey) => a.bank_id === b.bank_id && a.customer_id === b.customer_id;

async function enter(world: World, rpc: string): Promise<void> {
  world.calls.push(rpc);
  await world.gate(rpc);
}

async function* chunks<T, M>(
  world: World,
  rpc: string,
  find: () => T[],
  toMessage: (items: T[]) => M,
): AsyncGenerator<M> {
  await enter(world, rpc);
  const items = find();
  for (let from = 0; from < items.length || from === 0; from += world.perMessage)
    yield toMessage(items.slice(from, from + world.perMessage));
}

function customersOf(world: World): CustomerHandlers {
  return {
    async batchGetCustomers({ keys }) {
      await enter(world, 'batchGetCustomers');
      // A repeated key is answered twice, as with a join.
      return { customers: keys.flatMap((key) => world.customers.filter(same(key))) };
    },
    async batchGetCustomersByNumber({ keys }) {
      await enter(world, 'batchGetCustomersByNumber');
      return {
        customers: world.customers.filter((one) =>
          keys.some((key) => key.bank_id === one.bank_id && key.customer_number === one.customer_number),
        ),
      };
    },
    async findCustomers({ keys }) {
      await enter(world, 'findCustomers');
      return { keys: keys.filter((key) => world.customers.some(same(key))).reverse() };
    },
    async *streamCustomers(request) {
      world.streamed.push(request);
      const { limit, offset, direction } = pageOf(request);
      const only = request.only === null ? undefined : new Set(request.only.customer_ids);
      const found = world.customers.filter(
        ({ bank_id, customer_id }) => bank_id === request.bank_id && (only === undefined || only.has(customer_id)),
      );
      const ordered = direction === 'asc' ? found : found.reverse();
      const page = ordered
        .slice(offset, offset + limit)
        .map((one) => ({ ...one, date_of_birth: one.date_of_birth?.slice(0, 10) ?? '' }));
      yield* chunks(
        world,
        'streamCustomers',
        () => page,
        (customers) => ({ customers }),
      );
    },
  };
}

function attributesOf(world: World): BoundService {
  return bind(CustomerAttributeLookupServiceDefinition, {
    batchGetCustomerAttributes: ({ keys }) =>
      chunks(
        world,
        'batchGetCustomerAttributes',
        () => keys.flatMap((key) => world.attributes.filter((one) => same(key)(one.key))),
        (found) => ({
          customers: found.map(({ key, attribute }) => ({ key, customer_attributes: [attribute] })),
        }),
      ),
    async matchCustomers({ bank_id, pairs, limit, among }) {
      await enter(world, 'matchCustomers');
      const asked = among.length === 0 ? undefined : new Set(among);
      const found = world.attributes.filter(
        ({ key, attribute }) =>
          key.bank_id === bank_id &&
          (asked?.has(key.customer_id) ?? true) &&
          pairs.some(({ name, value }) => name === attribute.name && value === attribute.value),
      );
      return { customer_ids: [...new Set(found.map(({ key }) => key.customer_id))].sort().slice(0, limit) };
    },
  });
}

function linksOf(world: World): BoundService {
  return bind(LinkLookupServiceDefinition, {
    getCustomersOfUser: ({ user_id, bank_id }) =>
      chunks(
        world,
        'getCustomersOfUser',
        () =>
          world.userLinks.filter((one) => one.user_id === user_id && (bank_id ?? one.key.bank_id) === one.key.bank_id),
        (found) => ({ keys: found.map(({ key }) => key) }),
      ),
    batchGetUsersOfCustomers: ({ keys }) =>
      chunks(
        world,
        'batchGetUsersOfCustomers',
        () => keys.flatMap((key) => world.userLinks.filter((one) => same(key)(one.key))),
        (users) => ({ users }),
      ),
    batchGetAccountLinksOfCustomers: ({ keys }) =>
      chunks(
        world,
        'batchGetAccountLinksOfCustomers',
        () => keys.flatMap((key) => world.accountLinks.filter((one) => same(key)(one.key))),
        (found) => ({
          links: found.map(({ key, account_id }) => ({
            ...key,
            account_id,
            customer_account_link_id: `${key.customer_id}-${account_id}`,
            relationship_type: 'Owner',
            version: 1,
          })),
        }),
      ),
  });
}

function accountsOf(world: World): BoundService {
  return bind(AccountServiceDefinition, {
    batchGetAccounts: ({ bank_id, account_ids }) =>
      chunks(
        world,
        'batchGetAccounts',
        () => world.accounts.filter((one) => one.bank_id === bank_id && account_ids.includes(one.account_id)).reverse(),
        (accounts) => ({ accounts }),
      ),
    findAccountsByAttribute: ({ bank_id, name, value }) =>
      chunks(
        world,
        'findAccountsByAttribute',
        () =>
          world.accounts.filter(
            (one) =>
              one.bank_id === bank_id &&
              one.account_attributes.some((attribute) => attribute.name === name && attribute.value === value),
          ),
        (accounts) => ({ accounts }),
      ),
  });
}

function usersOf(world: World): BoundService {
  return bind(UserAttributeServiceDefinition, {
    batchGetUsers: ({ user_ids }) =>
      chunks(
        world,
        'batchGetUsers',
        () => world.users.filter(({ user_id }) => user_ids.includes(user_id)).reverse(),
        (users) => ({ users }),
      ),
  });
}
