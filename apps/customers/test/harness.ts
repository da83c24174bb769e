import { type Claims, callerKey, serviceClaims, signAssertion } from '@platform/entitlements';
import { failureText, ObpFailure } from '@platform/failure';
import { type CallContext, createPeer, type Peer, type RequestOf, type ResponseOf, type Rpc, rpc, type ServiceDefinition } from '@platform/grpc';
import { CustomerServiceDefinition, type CustomerV310, type Failure, type PostCustomerJsonV310, Role, rpcTable } from '@platform/messages';
import { createTestDatabase } from '@platform/testing';
import { Client, type QueryResultRow } from 'pg';
import { prepareDatabase, type RunningService } from '@platform/service';
import { type CustomersConfig, createCustomersService } from '../src/index.js';
import { database as definition } from '../src/database.js';

export const secret = 'a secret of the tests';
export const bank = 'gh.29.uk';
/** Every role of the operations; a test of roles brings its own. */
const allRoles = Object.values(Role).filter((role): role is Role => typeof role === 'number' && role !== Role.ROLE_UNSPECIFIED);

/** The rpcs of one definition, called by somebody who may do everything at the request's bank. */
export interface Calls<D extends ServiceDefinition> {
  call<K extends keyof D['methods'] & string>(method: K, request: RequestOf<D['methods'][K]>, context?: CallContext): Promise<ResponseOf<D['methods'][K]>>;
  /** All rows of a list, its messages joined. */
  list<K extends keyof D['methods'] & string>(method: K, request: RequestOf<D['methods'][K]>, context?: CallContext): Promise<Listed<ResponseOf<D['methods'][K]>>>;
}

/** A message of a list has one field: the rows. */
type Listed<Message> = Message[keyof Message];

/** The customers service over real gRPC and a database of its own; CustomerService's rpcs are its own methods. */
export interface Harness extends Calls<CustomerServiceDefinition> {
  readonly url: string;
  /** What another replica of it is started with. */
  readonly config: CustomersConfig;
  /** Where it listens; another one after a restart. */
  port(): number;
  /** The rpcs of another definition that the service serves. */
  of<D extends ServiceDefinition>(definition: D): Calls<D>;
  readonly create: (body?: Partial<PostCustomerJsonV310>, bank_id?: string) => Promise<CustomerV310>;
  sql<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Stops the service and starts it again on the same database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function createHarness(options: { pool?: number; timeZone?: string } = {}): Promise<Harness> {
  const database = await createTestDatabase('customers', (url) => prepareDatabase(definition, url));
  const config: CustomersConfig = { host: '127.0.0.1', port: 0, database_url: database.url, database_pool: options.pool ?? 4, caller_secret: secret, log_level: 'error', attributes_address: '127.0.0.1:1', links_address: '127.0.0.1:1' };
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  if (options.timeZone !== undefined) await admin.query(`do $$ begin execute format('alter database %I set timezone = %L', current_database(), '${options.timeZone}'); end $$`);
  let service: RunningService = await createCustomersService(config);
  let peer: Peer = createPeer(`127.0.0.1:${service.port}`, callerKey);

  const of = <D extends ServiceDefinition>(definition: D): Calls<D> => ({
    call: (name, request, context) => {
      const method = rpc(definition, name);
      return peer.call(method, request, context ?? contextFor(method, request));
    },
    async list(name, request, context) {
      const method = rpc(definition, name);
      const rows: unknown[] = [];
      for await (const message of peer.stream(method, request, context ?? contextFor(method, request))) rows.push(...Object.values(message as Record<string, unknown[]>).flat());
      return rows;
    },
  });
  const stop = async () => {
    peer.close();
    await service.close();
  };
  const harness: Harness = {
    url: database.url,
    config,
    port: () => service.port,
    of,
    ...of(CustomerServiceDefinition),
    create: (body, bank_id = bank) => harness.call('createCustomer', { bank_id, body: customerBody(body) }),
    async sql<Row extends QueryResultRow>(text: string, values?: unknown[]) {
      const { rows } = await admin.query<Row>(text, values);
      return rows;
    },
    async restart() {
      await stop();
      service = await createCustomersService(config);
      peer = createPeer(`127.0.0.1:${service.port}`, callerKey);
    },
    async close() {
      await stop();
      await admin.end();
      await database.close();
    },
  };
  return harness;
}

/** A caller who may do everything at the request's bank; the platform itself for internal rpcs. */
function contextFor({ path }: Pick<Rpc<unknown, unknown>, 'path'>, request: object): CallContext {
  if (rpcTable[path]?.access === 'service') return contextOf(serviceClaims);
  return caller('bank_id' in request ? String(request.bank_id) : '');
}

export function caller(bank_id: string, roles: Role[] = allRoles): CallContext {
  return contextOf({ user_id: 'user', consumer_id: 'consumer', bank_id, roles });
}

export function contextOf(claims: Claims, key = secret): CallContext {
  return { assertion: (path) => signAssertion(key, rpcTable[path]?.callers[0] ?? 'gateway', claims, path, Date.now()), correlation_id: 'test', timeout_ms: 20_000 };
}

/** A body with the two required texts. */
export function customerBody(body: Partial<PostCustomerJsonV310> = {}): PostCustomerJsonV310 {
  return { legal_name: 'Legal Name', mobile_phone_number: '+44 07972 444 876', face_image: null, dob_of_dependants: [], credit_rating: null, credit_limit: null, ...body };
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

export function textOf(failure: Failure, detail = ''): string {
  return failureText(failure, detail);
}
