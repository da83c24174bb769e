import { rpc } from '@platform/grpc';
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
} from '@platform/messages';
import { bank, secret, type ServiceUnderTest, startService } from '@platform/service-testing';
import { database } from '../src/gen/database.js';
import { createAttributesService } from '../src/index.js';
import { createFakeCustomers, type FakeCustomers } from './fake-customers.js';

export { bank, caller, contextFor, contextOf, refusal, secret } from '@platform/service-testing';

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

/** The attributes service over real gRPC, with its own database and a customers service that the test controls. */
export interface Harness extends ServiceUnderTest {
  readonly customers: FakeCustomers;
  /** Adds an attribute to a customer. */
  add(key: CustomerKey, body?: Partial<CustomerAttributeJsonV400>): Promise<CustomerAttribute>;
  attributesOf(key: CustomerKey): Promise<CustomerAttribute[]>;
  batch(keys: CustomerKey[]): Promise<AttributesOfCustomer[]>;
  define(body?: Partial<AttributeDefinitionJsonV400>, bank_id?: string): Promise<AttributeDefinition>;
  definitions(bank_id?: string): Promise<AttributeDefinition[]>;
}

export async function createHarness({ pool = 4 }: { pool?: number } = {}): Promise<Harness> {
  const customers = await createFakeCustomers(secret);
  const service = await startService({
    name: 'attributes',
    database,
    pool,
    create: (settings) =>
      createAttributesService({ ...settings, log_level: 'silent', customers_address: `127.0.0.1:${customers.port}` }),
  });
  const harness: Harness = {
    ...service,
    customers,
    add: (key, body) => harness.call(methods.create, { ...key, body: attributeBody(body) }),
    attributesOf: async (key) =>
      (await harness.messages(methods.getAll, key)).flatMap(({ customer_attributes }) => customer_attributes),
    batch: async (keys) =>
      (await harness.messages(methods.batchGet, { keys })).flatMap(({ customers: found }) => found),
    define: (body, bank_id = bank) => harness.call(methods.putDefinition, { bank_id, body: definitionBody(body) }),
    definitions: async (bank_id = bank) =>
      (await harness.messages(methods.getDefinitions, { bank_id })).flatMap(({ attributes }) => attributes),
    async close() {
      await service.close();
      await customers.close();
    },
  };
  return harness;
}

export function attributeBody(body: Partial<CustomerAttributeJsonV400> = {}): CustomerAttributeJsonV400 {
  return { name: 'SPECIAL_TAX_NUMBER', type: 'STRING', value: '123456789', ...body };
}

export function definitionBody(body: Partial<AttributeDefinitionJsonV400> = {}): AttributeDefinitionJsonV400 {
  return {
    name: 'SPECIAL_TAX_NUMBER',
    category: 'Customer',
    type: 'STRING',
    description: 'description',
    alias: 'STRING',
    can_be_seen_on_views: ['bank'],
    is_active: true,
    ...body,
  };
}

export const customerUnknown = (customer_id: string): string =>
  `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${customer_id})`;
export const attributeUnknown =
  'OBP-30069: Customer Attribute not found. Please specify a valid value for CUSTOMER_ATTRIBUTE_ID.';
export const definitionUnknown =
  'OBP-30071: Attribute Definition not found. Please specify a valid value for ATTRIBUTE_DEFINITION_ID.';
export const bodyMissing = 'OBP-10001: Incorrect json format. The field body must be given.';
export const invalid = (reason: string): string => `OBP-10001: Incorrect json format. ${reason}`;
