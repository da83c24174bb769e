import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceClaims } from '@platform/entitlements';
import { type CallContext, pathOf, type ServiceDefinition } from '@platform/grpc';
import {
  AddressServiceDefinition,
  CrmEventServiceDefinition,
  CustomerServiceDefinition,
  Role,
  rpcTable,
  SocialMediaServiceDefinition,
  TaxResidenceServiceDefinition,
} from '@platform/messages';
import { bank, caller, contextOf, createHarness, customerBody, type Harness, refusal } from './harness.js';

interface Case {
  readonly method: string;
  readonly definition: ServiceDefinition;
  readonly request: object;
}

const casesOf = (definition: ServiceDefinition, requests: Record<string, object>): Case[] => {
  // A new rpc must be added here.
  expect(Object.keys(requests).sort()).toEqual(Object.keys(definition.methods).sort());
  return Object.entries(requests).map(([method, request]) => ({ method, definition, request }));
};

const body = customerBody();
const address = {
  line_1: '',
  line_2: '',
  line_3: '',
  city: '',
  county: '',
  state: '',
  postcode: '',
  country_code: '',
  tags: [],
  status: '',
};
const ofCustomer = { bank_id: bank, customer_id: 'x' };
const cases = [
  ...casesOf(CustomerServiceDefinition, {
    createCustomer: { bank_id: bank, body },
    getCustomersMinimalAtAnyBank: {},
    getCustomersMinimalAtOneBank: { bank_id: bank },
    getCustomersAtAnyBank: {},
    getCustomersAtOneBank: { bank_id: bank },
    getCustomersByLegalName: { bank_id: bank, body: { legal_name: '%' } },
    getCustomersByCustomerPhoneNumber: { bank_id: bank, body: { mobile_phone_number: '%' } },
    updateCustomerBranch: { ...ofCustomer, body: { branch_id: '' } },
    updateCustomerCreditLimit: { ...ofCustomer, body: { credit_limit: { currency: '', amount: '' } } },
    updateCustomerCreditRatingAndSource: { ...ofCustomer, body: { credit_rating: '', credit_source: '' } },
    updateCustomerEmail: { ...ofCustomer, body: { email: '' } },
    updateCustomerIdentity: { ...ofCustomer, body: { legal_name: '', title: '', name_suffix: '' } },
    updateCustomerMobileNumber: { ...ofCustomer, body: { mobile_phone_number: '' } },
    updateCustomerNumber: { ...ofCustomer, body: { customer_number: '' } },
    updateCustomerData: {
      ...ofCustomer,
      body: {
        face_image: { url: '' },
        relationship_status: '',
        dependants: 0,
        highest_education_attained: '',
        employment_status: '',
      },
    },
    deleteCustomerCascade: ofCustomer,
    batchGetCustomers: { keys: [{ bank_id: bank, customer_id: 'x' }] },
    batchGetCustomersByNumber: { keys: [{ bank_id: bank, customer_number: 'x' }] },
    findCustomers: { keys: [ofCustomer] },
    streamCustomers: { bank_id: bank, only: null },
  }),
  ...casesOf(AddressServiceDefinition, {
    createCustomerAddress: { ...ofCustomer, body: address },
    getCustomerAddresses: ofCustomer,
    updateCustomerAddress: { ...ofCustomer, customer_address_id: 'x', body: address },
    deleteCustomerAddress: { ...ofCustomer, customer_address_id: 'x' },
  }),
  ...casesOf(TaxResidenceServiceDefinition, {
    createTaxResidence: { ...ofCustomer, body: { domain: '', tax_number: '' } },
    getTaxResidence: ofCustomer,
    deleteTaxResidence: { ...ofCustomer, tax_residence_id: 'x' },
  }),
  ...casesOf(SocialMediaServiceDefinition, {
    addSocialMediaHandle: { ...ofCustomer, body: { customer_number: '', type: '', handle: '' } },
    getSocialMediaHandles: ofCustomer,
  }),
  ...casesOf(CrmEventServiceDefinition, {
    getCrmEvents: { bank_id: bank },
    createCrmEvent: {
      bank_id: bank,
      customer_name: '',
      customer_number: '',
      category: '',
      detail: '',
      channel: '',
      result: '',
    },
  }),
];
const ruleOf = ({ definition, method }: Case) => {
  const rule = rpcTable[pathOf(definition, definition.methods[method]?.name ?? '')];
  if (rule === undefined) throw new Error(`${method} has no rule`);
  return rule;
};
const open = cases.filter((one) => ruleOf(one).access === 'user');
const withRoles = open.filter((one) => ruleOf(one).roles.length > 0);
const atOneBank = open.filter((one) => ruleOf(one).bank_scoped);
const internal = cases.filter((one) => ruleOf(one).access === 'service');

describe('callers of the customers service', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(async () => {
    expect(await harness.sql('select from customer')).toHaveLength(0);
    await harness.close();
  });

  const ask = ({ definition, method, request }: Case, context: CallContext): Promise<unknown> => {
    const rpcs = harness.of(definition);
    return definition.methods[method]?.responseStream
      ? rpcs.list(method, request, context)
      : rpcs.call(method, request, context);
  };

  const notLoggedIn = 'OBP-20001: User not logged in. Authentication is required!';

  it.each(cases)('$method refuses a call without a valid caller', async (one) => {
    const good = caller(bank);
    const forged = (path: string) => {
      const bytes = Buffer.from(good.assertion(path));
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
      return bytes;
    };
    const ofAnother = () => good.assertion('/obp.customers.v1.CustomerService/Another');
    const elsewhere = contextOf({ user_id: 'u', consumer_id: '', bank_id: bank, roles: [] }, 'another secret');
    for (const assertion of [
      () => Buffer.alloc(0),
      () => Buffer.from('nonsense'),
      () => Buffer.alloc(100),
      forged,
      ofAnother,
      elsewhere.assertion,
    ]) {
      await expect(ask(one, { ...good, assertion })).rejects.toThrow(
        /^16 UNAUTHENTICATED: the caller assertion is not valid/,
      );
    }
  });

  it.each(withRoles)('$method refuses a caller without a role of it', async (one) => {
    const at = atOneBank.includes(one) ? bank : '';
    const others = [Role.ROLE_CAN_GET_ANY_USER, Role.ROLE_CAN_CREATE_ACCOUNT];
    for (const context of [caller(at, []), caller(at, others)])
      expect(await refusal(ask(one, context))).toMatch(/^OBP-20006: User is missing one or more roles: Can/);
  });

  it.each(open)("$method is no call on a service's own behalf", async (one) => {
    expect(await refusal(ask(one, contextOf(serviceClaims)))).toBe(notLoggedIn);
  });

  it.each(atOneBank)('$method refuses a caller asserted for another bank', async (one) => {
    expect(await refusal(ask(one, caller('other')))).toMatch(/^OBP-20006/);
    expect(await refusal(ask(one, caller('')))).toMatch(/^OBP-20006/);
  });

  it.each(internal)('$method refuses a user', async (one) => {
    expect(await refusal(ask(one, caller(bank)))).toMatch(/^OBP-20006/);
  });
});
