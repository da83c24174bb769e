import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceClaims } from '@platform/entitlements';
import { type CallContext } from '@platform/grpc';
import { CustomerServiceDefinition, Role, rpcTable } from '@platform/messages';
import { bank, caller, contextOf, createHarness, customerBody, type Harness, refusal } from './harness.js';

const body = customerBody();
const requests = {
  createCustomer: { bank_id: bank, body },
  getCustomersMinimalAtAnyBank: {},
  getCustomersMinimalAtOneBank: { bank_id: bank },
  getCustomersAtAnyBank: {},
  getCustomersAtOneBank: { bank_id: bank },
  getCustomersByLegalName: { bank_id: bank, body: { legal_name: '%' } },
  getCustomersByCustomerPhoneNumber: { bank_id: bank, body: { mobile_phone_number: '%' } },
  updateCustomerBranch: { bank_id: bank, customer_id: 'x', body: { branch_id: '' } },
  updateCustomerCreditLimit: { bank_id: bank, customer_id: 'x', body: { credit_limit: { currency: '', amount: '' } } },
  updateCustomerCreditRatingAndSource: { bank_id: bank, customer_id: 'x', body: { credit_rating: '', credit_source: '' } },
  updateCustomerEmail: { bank_id: bank, customer_id: 'x', body: { email: '' } },
  updateCustomerIdentity: { bank_id: bank, customer_id: 'x', body: { legal_name: '', title: '', name_suffix: '' } },
  updateCustomerMobileNumber: { bank_id: bank, customer_id: 'x', body: { mobile_phone_number: '' } },
  updateCustomerNumber: { bank_id: bank, customer_id: 'x', body: { customer_number: '' } },
  updateCustomerData: { bank_id: bank, customer_id: 'x', body: { face_image: { url: '' }, relationship_status: '', dependants: 0, highest_education_attained: '', employment_status: '' } },
  batchGetCustomers: { keys: [{ bank_id: bank, customer_id: 'x' }] },
  batchGetCustomersByNumber: { keys: [{ bank_id: bank, customer_number: 'x' }] },
} as const;
type Method = keyof typeof requests;
const methods = Object.keys(requests) as Method[];
const ruleOf = (method: Method) => {
  const rule = rpcTable[`/${CustomerServiceDefinition.fullName}/${CustomerServiceDefinition.methods[method].name}`];
  if (rule === undefined) throw new Error(`${method} has no rule`);
  return rule;
};
const open = methods.filter((method) => ruleOf(method).access === 'user');
const atOneBank = open.filter((method) => ruleOf(method).bank_scoped);
const internal = methods.filter((method) => ruleOf(method).access === 'service');

describe('callers of the customers service', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(async () => {
    expect(await harness.sql('select from customer')).toHaveLength(0);
    await harness.close();
  });

  const ask = (method: Method, context: CallContext): Promise<unknown> =>
    CustomerServiceDefinition.methods[method].responseStream
      ? harness.list(method, requests[method] as never, context)
      : harness.call(method, requests[method] as never, context);

  const notLoggedIn = 'OBP-20001: User not logged in. Authentication is required!';

  it.each(methods)('%s refuses a call without a valid caller', async (method) => {
    const good = caller(bank);
    const forged = Buffer.from(good.assertion);
    forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
    const elsewhere = contextOf({ user_id: 'u', consumer_id: '', bank_id: bank, roles: [] }, 'another secret');
    for (const assertion of [Buffer.alloc(0), Buffer.from('nonsense'), Buffer.alloc(100), forged, elsewhere.assertion]) {
      expect(await refusal(ask(method, { ...good, assertion }))).toBe(notLoggedIn);
    }
  });

  it.each(open)('%s refuses a caller without a role of it', async (method) => {
    const { roles } = ruleOf(method);
    const at = atOneBank.includes(method) ? bank : '';
    expect(roles.length).toBeGreaterThan(0);
    const others = [Role.ROLE_CAN_GET_ANY_USER, Role.ROLE_CAN_CREATE_ACCOUNT];
    for (const context of [caller(at, []), caller(at, others)]) expect(await refusal(ask(method, context))).toMatch(/^OBP-20006: User is missing one or more roles: Can/);
    expect(await refusal(ask(method, contextOf(serviceClaims)))).toBe(notLoggedIn);
  });

  it.each(atOneBank)('%s refuses a caller asserted for another bank', async (method) => {
    expect(await refusal(ask(method, caller('other')))).toMatch(/^OBP-20006/);
    expect(await refusal(ask(method, caller('')))).toMatch(/^OBP-20006/);
  });

  it.each(internal)('%s refuses a user', async (method) => {
    expect(await refusal(ask(method, caller(bank)))).toMatch(/^OBP-20006/);
  });

  it('leaves the cascade to its own time', async () => {
    expect(await refusal(harness.call('deleteCustomerCascade', { bank_id: bank, customer_id: 'x' }))).toBe('OBP-10010: Not Implemented ');
  });
});
