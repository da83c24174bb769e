import { callerKey, createAuthorizer } from '@platform/entitlements';
import { bind, type BoundService, createGrpcServer } from '@platform/grpc';
import {
  AccountServiceDefinition,
  LinkLookupServiceDefinition,
  type LinkAgentRequest,
  type OpenAccountRequest,
} from '@platform/messages';
import { createLogger } from '@platform/runtime';

/** A service that a test stops and starts again at the same address. */
export interface Neighbour {
  readonly address: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** The directory and links services, with only the rpcs that agents calls; their data survives a stop. */
export interface Neighbours {
  readonly directory: Neighbour;
  readonly links: Neighbour;
  /** "bank/account" */
  readonly accounts: Map<string, OpenAccountRequest>;
  /** By link id. */
  readonly agentLinks: Map<string, LinkAgentRequest>;
  /** The names of the rpcs that were called. */
  readonly asked: string[];
  /** Runs before an rpc does its work. */
  before: (rpc: string) => Promise<unknown>;
  /** Runs after an rpc has done its work, before it answers. */
  after: (rpc: string) => Promise<unknown>;
  close(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

export async function createNeighbours(secret: string): Promise<Neighbours> {
  const accounts = new Map<string, OpenAccountRequest>();
  const agentLinks = new Map<string, LinkAgentRequest>();
  const asked: string[] = [];
  const work = async <T>(rpc: string, answer: () => T): Promise<T> => {
    asked.push(rpc);
    await neighbours.before(rpc);
    const result = answer();
    await neighbours.after(rpc);
    return result;
  };
  const directory = await createNeighbour(
    secret,
    bind(AccountServiceDefinition, {
      openAccount: (request) =>
        work('openAccount', () => {
          const key = `${request.bank_id}/${request.account_id}`;
          if (!accounts.has(key)) accounts.set(key, request);
          return {};
        }),
      findAccounts: ({ bank_id, account_ids }) =>
        work('findAccounts', () => ({ account_ids: account_ids.filter((id) => accounts.has(`${bank_id}/${id}`)) })),
    }),
  );
  const links = await createNeighbour(
    secret,
    bind(LinkLookupServiceDefinition, {
      linkAgent: (request) =>
        work('linkAgent', () => {
          if (!agentLinks.has(request.link_id)) agentLinks.set(request.link_id, request);
          return {};
        }),
      findAgentAccount: ({ bank_id, agent_id }) =>
        work('findAgentAccount', () => {
          const found = [...agentLinks.values()].find((link) => link.bank_id === bank_id && link.agent_id === agent_id);
          return { account_id: found?.account_id ?? null };
        }),
    }),
  );
  const neighbours: Neighbours = {
    directory,
    links,
    accounts,
    agentLinks,
    asked,
    before: nothing,
    after: nothing,
    async close() {
      neighbours.before = nothing;
      neighbours.after = nothing;
      await Promise.all([directory.stop(), links.stop()]);
    },
  };
  return neighbours;
}

async function createNeighbour(secret: string, service: BoundService): Promise<Neighbour> {
  const open = (port: number) =>
    createGrpcServer({
      host: '127.0.0.1',
      port,
      services: [service],
      authorize: createAuthorizer({ secret, clock: Date.now, log: createLogger('test', 'silent') }),
      callerKey,
      log: createLogger('neighbour', 'silent'),
      drain_ms: 50,
    });
  let server: Awaited<ReturnType<typeof open>> | undefined = await open(0);
  const { port } = server;
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      await server?.close();
      server = undefined;
    },
    async start() {
      server ??= await open(port);
    },
  };
}
