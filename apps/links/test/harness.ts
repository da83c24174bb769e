import { type Claims, callerKey, serviceClaims, signAssertion } from '@platform/entitlements';
import { ObpFailure } from '@platform/failure';
import { type CallContext, createPeer, type Peer, type Rpc, rpc } from '@platform/grpc';
import { CustomerAccountLinkServiceDefinition, LinkLookupServiceDefinition, Role, rpcTable, UserCustomerLinkServiceDefinition } from '@platform/messages';
import { prepareDatabase, type RunningService } from '@platform/service';
import { createTestDatabase } from '@platform/testing';
import { Client, type QueryResultRow } from 'pg';
import { database as definition } from '../src/database.js';
import { createLinksService, type LinksConfig } from '../src/index.js';
import { createNeighbours, type Neighbours } from './neighbours.js';

export const secret = 'a secret of the tests';
export const bank = 'gh.29.uk';
export const allRoles = Object.values(Role).filter((role): role is Role => typeof role === 'number' && role !== Role.ROLE_UNSPECIFIED);

const services = [UserCustomerLinkServiceDefinition, CustomerAccountLinkServiceDefinition, LinkLookupServiceDefinition];
type Methods = (typeof UserCustomerLinkServiceDefinition)['methods'] & (typeof CustomerAccountLinkServiceDefinition)['methods'] & (typeof LinkLookupServiceDefinition)['methods'];
export type Method = keyof Methods;
type RequestOf<K extends Method> = ReturnType<Methods[K]['requestType']['decode']>;
type ResponseOf<K extends Method> = ReturnType<Methods[K]['responseType']['decode']>;

/** The links service over real gRPC and a database of its own, among neighbours that the test controls. */
export interface Harness {
  readonly url: string;
  readonly neighbours: Neighbours;
  readonly call: <K extends Method>(method: K, request: RequestOf<K>, context?: CallContext) => Promise<ResponseOf<K>>;
  /** The messages of a list. */
  readonly messages: <K extends Method>(method: K, request: RequestOf<K>, context?: CallContext) => Promise<ResponseOf<K>[]>;
  sql<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function createHarness(options: { pool?: number } = {}): Promise<Harness> {
  const neighbours = await createNeighbours(secret);
  const database = await createTestDatabase('links', (url) => prepareDatabase(definition, url));
  const { address } = neighbours;
  const config: LinksConfig = { host: '127.0.0.1', port: 0, database_url: database.url, database_pool: options.pool ?? 4, caller_secret: secret, log_level: 'error', customers_address: address, directory_address: address };
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  let service: RunningService = await createLinksService(config);
  let peer: Peer = createPeer(`127.0.0.1:${service.port}`, callerKey);
  const stop = async () => {
    peer.close();
    await service.close();
  };
  return {
    url: database.url,
    neighbours,
    call: (name, request, context = contextFor(name, request)) => peer.call(rpcOf(name), request, context),
    async messages<K extends Method>(name: K, request: RequestOf<K>, context = contextFor(name, request)) {
      const messages: ResponseOf<K>[] = [];
      for await (const message of peer.stream(rpcOf(name), request, context)) messages.push(message);
      return messages;
    },
    async sql<Row extends QueryResultRow>(text: string, values?: unknown[]) {
      return (await admin.query<Row>(text, values)).rows;
    },
    async restart() {
      await stop();
      service = await createLinksService(config);
      peer = createPeer(`127.0.0.1:${service.port}`, callerKey);
    },
    async close() {
      await stop();
      await admin.end();
      await database.close();
      await neighbours.close();
    },
  };
}

function rpcOf<K extends Method>(name: K): Rpc<RequestOf<K>, ResponseOf<K>> {
  return rpc(definitionOf(name) as never, name as never) as unknown as Rpc<RequestOf<K>, ResponseOf<K>>;
}

function definitionOf(name: Method) {
  const found = services.find(({ methods }) => name in methods);
  if (found === undefined) throw new Error(`nobody has ${name}`);
  return found;
}

export function ruleOf(name: Method) {
  const rule = rpcTable[rpcOf(name).path];
  if (rule === undefined) throw new Error(`${name} has no rule`);
  return rule;
}

/** A caller who may do everything at the request's bank; the platform itself for internal rpcs. */
function contextFor(name: Method, request: object): CallContext {
  return ruleOf(name).access === 'service' ? contextOf(serviceClaims) : caller('bank_id' in request ? String(request.bank_id) : '');
}

export function caller(bank_id: string, roles: Role[] = allRoles): CallContext {
  return contextOf({ user_id: 'user', consumer_id: 'consumer', bank_id, roles });
}

export function contextOf(claims: Claims): CallContext {
  return { assertion: (path) => signAssertion(secret, rpcTable[path]?.callers[0] ?? 'gateway', claims, path, Date.now()), correlation_id: 'test', timeout_ms: 20_000 };
}

/** What a call is refused with: the text a client sees. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ObpFailure) return error.message;
    throw error;
  }
  throw new Error('the call was not refused');
}
