import { type Claims, callerKey, serviceClaims, signAssertion } from '@platform/entitlements';
import { ObpFailure } from '@platform/failure';
import { type CallContext, createPeer, type Peer, type Rpc, rpc } from '@platform/grpc';
import { type AgentMinimalV510, AgentServiceDefinition, type AgentV510, type GetAgentsRequest, type PostAgentJsonV510, Role, rpcTable } from '@platform/messages';
import { prepareDatabase, type RunningService } from '@platform/service';
import { createTestDatabase } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type QueryResultRow } from 'pg';
import { database as definition } from '../src/database.js';
import { type AgentsConfig, createAgentsService } from '../src/index.js';
import { createNeighbours, type Neighbours } from './neighbours.js';

export const secret = 'a secret of the tests';
export const bank = 'gh.29.uk';

type Methods = AgentServiceDefinition['methods'];
export type Method = keyof Methods;
type RequestOf<K extends Method> = ReturnType<Methods[K]['requestType']['decode']>;
type ResponseOf<K extends Method> = ReturnType<Methods[K]['responseType']['decode']>;

/** The agents service over real gRPC and a database of its own, among neighbours that the test controls. */
export interface Harness {
  readonly url: string;
  readonly neighbours: Neighbours;
  readonly call: <K extends Method>(method: K, request: RequestOf<K>, context?: CallContext) => Promise<ResponseOf<K>>;
  /** All agents of a list, its messages joined. */
  readonly list: (request: GetAgentsRequest) => Promise<AgentMinimalV510[]>;
  readonly create: (body?: Partial<PostAgentJsonV510>, bank_id?: string) => Promise<AgentV510>;
  readonly read: (agent_id: string, bank_id?: string) => Promise<AgentV510>;
  sql<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function createHarness(options: { pool?: number } = {}): Promise<Harness> {
  const neighbours = await createNeighbours(secret);
  const database = await createTestDatabase('agents', (url) => prepareDatabase(definition, url));
  const config: AgentsConfig = {
    host: '127.0.0.1', port: 0, database_url: database.url, database_pool: options.pool ?? 4, caller_secret: secret, log_level: 'fatal',
    directory_address: neighbours.directory.address, links_address: neighbours.links.address,
  };
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  let service: RunningService | undefined;
  let peer: Peer | undefined;
  const running = (): Peer => {
    if (peer === undefined) throw new Error('the service is stopped');
    return peer;
  };
  const harness: Harness = {
    url: database.url,
    neighbours,
    call: (name, request, context = caller('bank_id' in request ? String(request.bank_id) : '')) => running().call(rpcOf(name), request, context),
    async list(request) {
      const agents: AgentMinimalV510[] = [];
      for await (const message of running().stream(rpcOf('getAgents'), request, anonymous(request.bank_id))) agents.push(...message.agents);
      return agents;
    },
    create: (body, bank_id = bank) => harness.call('createAgent', { bank_id, body: agentBody(body) }),
    read: (agent_id, bank_id = bank) => harness.call('getAgent', { bank_id, agent_id }),
    async sql<Row extends QueryResultRow>(text: string, values?: unknown[]) {
      return (await admin.query<Row>(text, values)).rows;
    },
    async stop() {
      peer?.close();
      await service?.close();
      peer = undefined;
      service = undefined;
    },
    async start() {
      service = await createAgentsService(config);
      peer = createPeer(`127.0.0.1:${service.port}`, callerKey);
    },
    async close() {
      await harness.stop();
      await admin.end();
      await database.close();
      await neighbours.close();
    },
  };
  await harness.start();
  return harness;
}

function rpcOf<K extends Method>(name: K): Rpc<RequestOf<K>, ResponseOf<K>> {
  return rpc(AgentServiceDefinition, name) as Rpc<RequestOf<K>, ResponseOf<K>>;
}

/** A caller who may change agents of the bank, and no more unless told. */
export function caller(bank_id: string, roles: Role[] = [Role.ROLE_CAN_UPDATE_AGENT_STATUS_AT_ONE_BANK]): CallContext {
  return contextOf({ user_id: 'user', consumer_id: 'consumer', bank_id, roles });
}

export function anonymous(bank_id: string): CallContext {
  return contextOf({ ...serviceClaims, bank_id, service: false });
}

function contextOf(claims: Claims): CallContext {
  return { assertion: (path) => signAssertion(secret, rpcTable[path]?.callers[0] ?? 'gateway', claims, path, Date.now()), correlation_id: 'test', timeout_ms: 20_000 };
}

export function agentBody(body: Partial<PostAgentJsonV510> = {}): PostAgentJsonV510 {
  return { legal_name: 'Legal Name', mobile_phone_number: '+44 07972 444 876', agent_number: '1', currency: 'EUR', ...body };
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

export async function eventually(check: () => Promise<boolean> | boolean, within_ms: number): Promise<void> {
  for (const end = Date.now() + within_ms; !(await check()); ) {
    if (Date.now() > end) throw new Error(`not within ${within_ms} ms`);
    await sleep(50);
  }
}
