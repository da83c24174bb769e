import { type Claims, callerKey, serviceClaims, signAssertion } from '@platform/entitlements';
import { ObpFailure } from '@platform/failure';
import { type CallContext, createPeer, type Peer, type Rpc, rpc } from '@platform/grpc';
import {
  AttributeDefinitionServiceDefinition,
  type AttributeDefinition,
  type AttributeDefinitionJsonV400,
  type AttributesOfCustomer,
  type CustomerAttribute,
  type CustomerAttributeJsonV400,
  CustomerAttributeLookupServiceDefinition,
  CustomerAttributeServiceDefinition,
  type CustomerKey,
  Role,
  rpcTable,
} from '@platform/messages';
import { prepareDatabase, type RunningService } from '@platform/service';
import { createTestDatabase } from '@platform/testing';
import { Client, type QueryResultRow } from 'pg';
import { database as definition } from '../src/database.js';
import { type AttributesConfig, createAttributesService } from '../src/index.js';
import { createFakeCustomers, type FakeCustomers } from './fake-customers.js';

export const secret = 'a secret of the tests';
export const bank = 'gh.29.uk';
export const otherBank = 'other.bank';

export const methods = {
  create: rpc(CustomerAttributeServiceDefinition, 'createCustomerAttribute'),
  update: rpc(CustomerAttributeServiceDefinition, 'updateCustomerAttribute'),
  remove: rpc(CustomerAttributeServiceDefinition, 'deleteCustomerAttribute'),
  getOne: rpc(CustomerAttributeServiceDefinition, 'getCustomerAttributeById'),
  getAll: rpc(CustomerAttributeServiceDefinition, 'getCustomerAttributes'),
  putDefinition: rpc(AttributeDefinitionServiceDefinition, 'createOrUpdateCustomerAttributeAttributeDefinition'),
  getDefinitions: rpc(AttributeDefinitionServiceDefinition, 'getCustomerAttributeDefinition'),
  deleteDefinition: rpc(AttributeDefinitionServiceDefinition, 'deleteCustomerAttributeDefinition'),
  batchGet: rpc(CustomerAttributeLookupServiceDefinition, 'batchGetCustomerAttributes'),
  match: rpc(CustomerAttributeLookupServiceDefinition, 'matchCustomers'),
  forget: rpc(CustomerAttributeLookupServiceDefinition, 'forgetCustomerAttributes'),
};

/** The attributes service over real gRPC, a database of its own, and a customers service as the test wants it. */
export interface Harness {
  readonly url: string;
  readonly customers: FakeCustomers;
  call<Request extends object, Response>(method: Rpc<Request, Response>, request: Request, context?: CallContext): Promise<Response>;
  /** All messages of a stream. */
  stream<Request extends object, Response>(method: Rpc<Request, Response>, request: Request, context?: CallContext): Promise<Response[]>;
  /** Adds an attribute to a customer. */
  add(key: CustomerKey, body?: Partial<CustomerAttributeJsonV400>): Promise<CustomerAttribute>;
  attributesOf(key: CustomerKey): Promise<CustomerAttribute[]>;
  batch(keys: CustomerKey[]): Promise<AttributesOfCustomer[]>;
  define(body?: Partial<AttributeDefinitionJsonV400>, bank_id?: string): Promise<AttributeDefinition>;
  definitions(bank_id?: string): Promise<AttributeDefinition[]>;
  /** A second service on the same database. */
  replica(): Promise<{ peer: Peer; close(): Promise<void> }>;
  sql<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Stops the service and starts it again on the same database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function createHarness(options: { pool?: number } = {}): Promise<Harness> {
  const database = await createTestDatabase('attributes', (url) => prepareDatabase(definition, url));
  const customers = await createFakeCustomers(secret);
  const config: AttributesConfig = {
    host: '127.0.0.1',
    port: 0,
    database_url: database.url,
    database_pool: options.pool ?? 4,
    caller_secret: secret,
    log_level: 'silent',
    customers_address: `127.0.0.1:${customers.port}`,
  };
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  const start = async () => {
    const service: RunningService = await createAttributesService(config);
    const peer = createPeer(`127.0.0.1:${service.port}`, callerKey);
    const close = async () => {
      peer.close();
      await service.close();
    };
    return { peer, close };
  };
  let running = await start();

  const harness: Harness = {
    url: database.url,
    customers,
    call: (method, request, context = contextFor(method.path, request)) => running.peer.call(method, request, context),
    async stream<Request extends object, Response>(method: Rpc<Request, Response>, request: Request, context = contextFor(method.path, request)) {
      const messages: Response[] = [];
      for await (const message of running.peer.stream(method, request, context)) messages.push(message);
      return messages;
    },
    add: (key, body) => harness.call(methods.create, { ...key, body: attributeBody(body) }),
    attributesOf: async (key) => (await harness.stream(methods.getAll, key)).flatMap(({ customer_attributes }) => customer_attributes),
    batch: async (keys) => (await harness.stream(methods.batchGet, { keys })).flatMap(({ customers: found }) => found),
    define: (body, bank_id = bank) => harness.call(methods.putDefinition, { bank_id, body: definitionBody(body) }),
    definitions: async (bank_id = bank) => (await harness.stream(methods.getDefinitions, { bank_id })).flatMap(({ attributes }) => attributes),
    replica: start,
    async sql<Row extends QueryResultRow>(text: string, values?: unknown[]) {
      const { rows } = await admin.query<Row>(text, values);
      return rows;
    },
    async restart() {
      await running.close();
      running = await start();
    },
    async close() {
      await running.close();
      await customers.close();
      await admin.end();
      await database.close();
    },
  };
  return harness;
}

/** A caller who may do everything at the request's bank; the platform itself for internal rpcs. */
export function contextFor(path: string, request: object): CallContext {
  if (path.includes('LookupService')) return contextOf(serviceClaims);
  return caller('bank_id' in request ? String(request.bank_id) : '');
}

/** Every role of the operations; a test of roles brings its own. */
const allRoles = Object.values(Role).filter((role): role is Role => typeof role === 'number' && role !== Role.ROLE_UNSPECIFIED);

export function caller(bank_id: string, roles: Role[] = allRoles): CallContext {
  return contextOf({ user_id: 'user', consumer_id: 'consumer', bank_id, roles });
}

export function contextOf(claims: Claims, key = secret): CallContext {
  return { assertion: (path) => signAssertion(key, rpcTable[path]?.callers[0] ?? 'gateway', claims, path, Date.now()), correlation_id: 'test', timeout_ms: 20_000 };
}

export function attributeBody(body: Partial<CustomerAttributeJsonV400> = {}): CustomerAttributeJsonV400 {
  return { name: 'SPECIAL_TAX_NUMBER', type: 'STRING', value: '123456789', ...body };
}

export function definitionBody(body: Partial<AttributeDefinitionJsonV400> = {}): AttributeDefinitionJsonV400 {
  return { name: 'SPECIAL_TAX_NUMBER', category: 'Customer', type: 'STRING', description: 'description', alias: 'STRING', can_be_seen_on_views: ['bank'], is_active: true, ...body };
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

export const customerUnknown = (customer_id: string): string =>
  `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${customer_id})`;
export const attributeUnknown = 'OBP-30069: Customer Attribute not found. Please specify a valid value for CUSTOMER_ATTRIBUTE_ID.';
export const definitionUnknown = 'OBP-30071: Attribute Definition not found. Please specify a valid value for ATTRIBUTE_DEFINITION_ID.';
export const otherShape = (bodyName: string): string => `OBP-10001: Incorrect json format. The Json body should be the ${bodyName} `;
export const invalid = (reason: string): string => `OBP-10001: Incorrect json format. ${reason}`;
