import { type Claims, callerKey, serviceClaims, signAssertion } from '@platform/entitlements';
import { failureText, ObpFailure } from '@platform/failure';
import { type CallContext, createPeer, type Peer, type Rpc, rpc } from '@platform/grpc';
import { CustomerServiceDefinition, type CustomerV310, type Failure, type PostCustomerJsonV310, Role } from '@platform/messages';
import { createTestDatabase } from '@platform/testing';
import { Client, type QueryResultRow } from 'pg';
import { type CustomersConfig, type CustomersService, createCustomersService } from '../src/index.js';
import { openDatabase } from '../src/database.js';

export const secret = 'a secret of the tests';
export const bank = 'gh.29.uk';
/** Every role of the operations; a test of roles brings its own. */
const allRoles = Object.values(Role).filter((role): role is Role => typeof role === 'number' && role !== Role.ROLE_UNSPECIFIED);

type Methods = CustomerServiceDefinition['methods'];
type RequestOf<K extends keyof Methods> = ReturnType<Methods[K]['requestType']['decode']>;
type ResponseOf<K extends keyof Methods> = ReturnType<Methods[K]['responseType']['decode']>;

/** The customers service over real gRPC and a database of its own. */
export interface Harness {
  readonly url: string;
  readonly call: <K extends keyof Methods>(method: K, request: RequestOf<K>, context?: CallContext) => Promise<ResponseOf<K>>;
  /** All customers of a list, its messages joined. */
  readonly list: <K extends keyof Methods>(method: K, request: RequestOf<K>, context?: CallContext) => Promise<Listed<K>>;
  readonly create: (body?: Partial<PostCustomerJsonV310>, bank_id?: string) => Promise<CustomerV310>;
  sql<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Stops the service and starts it again on the same database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

type Listed<K extends keyof Methods> = ResponseOf<K> extends { customers: infer List } ? List : never;

export async function createHarness(options: { pool?: number; timeZone?: string } = {}): Promise<Harness> {
  const database = await createTestDatabase('customers', async (url) => (await openDatabase(url, 1)).close());
  const config: CustomersConfig = { host: '127.0.0.1', port: 0, database_url: database.url, database_pool: options.pool ?? 4, caller_secret: secret, log_level: 'error' };
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  if (options.timeZone !== undefined) await admin.query(`do $$ begin execute format('alter database %I set timezone = %L', current_database(), '${options.timeZone}'); end $$`);
  let service: CustomersService = await createCustomersService(config);
  let peer: Peer = createPeer(`127.0.0.1:${service.port}`, callerKey);

  const method = <K extends keyof Methods>(name: K) => rpc(CustomerServiceDefinition, name) as Rpc<RequestOf<K>, ResponseOf<K>>;
  const stop = async () => {
    peer.close();
    await service.close();
  };
  const harness: Harness = {
    url: database.url,
    call: (name, request, context = contextFor(name, request)) => peer.call(method(name), request, context),
    async list<K extends keyof Methods>(name: K, request: RequestOf<K>, context = contextFor(name, request)) {
      const customers: unknown[] = [];
      for await (const message of peer.stream(method(name), request, context)) customers.push(...(message as { customers: unknown[] }).customers);
      return customers as Listed<K>;
    },
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
function contextFor(name: string, request: object): CallContext {
  if (name.startsWith('batchGet')) return contextOf(serviceClaims);
  return caller('bank_id' in request ? String(request.bank_id) : '');
}

export function caller(bank_id: string, roles: Role[] = allRoles): CallContext {
  return contextOf({ user_id: 'user', consumer_id: 'consumer', bank_id, roles });
}

export function contextOf(claims: Claims, key = secret): CallContext {
  return { assertion: signAssertion(key, 'test', claims, Date.now()), correlation_id: 'test', timeout_ms: 20_000 };
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
