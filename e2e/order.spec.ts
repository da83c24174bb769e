import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallOptions } from './http.js';
import { expectRefusal, newCustomer, operations } from './operations.js';
import { type Person, type Platform, startPlatform } from './platform.js';

let platform: Platform;
let bank_id: string;
let nobody: Person;
let holder: Person;

beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  nobody = await platform.person();
  holder = await platform.person(
    `CanCreateCustomer@${bank_id}`,
    `CanUpdateCustomerNumber@${bank_id}`,
    `CanGetCustomers@${bank_id}`,
  );
  await platform.call('POST', `/banks/${bank_id}/customers`, {
    token: holder.token,
    body: { ...newCustomer, customer_number: 'taken' },
  });
});
afterAll(() => platform.close());

const badIds = { ...newCustomer, branch_id: 'no id!' };
const malformed = '{"legal_name":';

/** A request that two consecutive checks would refuse: the first must answer. */
interface Clash {
  readonly verb?: string;
  readonly path: () => string;
  readonly options: () => CallOptions;
  readonly refused: [status: number, message: RegExp];
}

const clashes: Record<string, Clash> = {
  'malformed JSON before the unknown route': {
    path: () => '/no/such/path',
    options: () => ({ body: malformed }),
    refused: [400, /^OBP-10001: Incorrect json format\./],
  },
  'malformed JSON before the verb': {
    verb: 'PUT',
    path: () => `/banks/${bank_id}/customers/customer-number/x/y`,
    options: () => ({ body: malformed }),
    refused: [400, /^OBP-10001: Incorrect json format\./],
  },
  'the unknown route before the repeated query parameter': {
    path: () => '/no/such/path?a=1&a=2',
    options: () => ({ body: {} }),
    refused: [404, /^OBP-10404: /],
  },
  'the unknown route before the login': {
    path: () => '/no/such/path',
    options: () => ({ body: {}, token: 'unknown' }),
    refused: [404, /^OBP-10404: /],
  },
  'the content type before the login': {
    path: () => `/banks/${bank_id}/customers`,
    options: () => ({ body: '{}', headers: { 'content-type': 'text/plain' } }),
    refused: [404, /^OBP-10404: /],
  },
  'the repeated query parameter before the login': {
    path: () => `/banks/${bank_id}/customers?a=1&a=2`,
    options: () => ({ body: {} }),
    refused: [400, /^OBP-09016: Duplicate Query Parameters are not allowed\.$/],
  },
  'the login before the ids in the body': {
    path: () => `/banks/${bank_id}/customers`,
    options: () => ({ body: badIds }),
    refused: [401, /^OBP-20001: /],
  },
  'a bad token before the ids in the body': {
    path: () => `/banks/${bank_id}/customers`,
    options: () => ({ body: badIds, token: 'unknown' }),
    refused: [401, /^OBP-20003: /],
  },
  'the ids in the body before the bank': {
    path: () => '/banks/no.bank/customers',
    options: () => ({ body: badIds, token: nobody.token }),
    refused: [400, /^OBP-10001: Incorrect json format\. Here are all invalid values: List\(\(branch_id,no id!\)\)$/],
  },
  'the ids in the body before the role': {
    path: () => `/banks/${bank_id}/customers`,
    options: () => ({ body: badIds, token: nobody.token }),
    refused: [400, /^OBP-10001: .*invalid values/],
  },
  'the feature switch before the bank': {
    verb: 'GET',
    path: () => '/banks/no.bank/firehose/customers',
    options: () => ({ token: nobody.token }),
    refused: [400, /^OBP-00012: /],
  },
  'the bank before the role': {
    path: () => '/banks/no.bank/customers',
    options: () => ({ body: newCustomer, token: nobody.token }),
    refused: [404, /^OBP-30001: .* Current BankId is no\.bank$/],
  },
  'the role before the body': {
    path: () => `/banks/${bank_id}/customers`,
    options: () => ({ body: {}, token: nobody.token }),
    refused: [403, /^OBP-20006: /],
  },
  'the role before the missing body': {
    path: () => `/banks/${bank_id}/customers`,
    options: () => ({ headers: { 'content-type': 'application/json' }, token: nobody.token }),
    refused: [403, /^OBP-20006: /],
  },
  'the role before the query': {
    verb: 'GET',
    path: () => `/banks/${bank_id}/customers?limit=0`,
    options: () => ({ token: nobody.token }),
    refused: [403, /^OBP-20006: /],
  },
  'the role before the record': {
    verb: 'PUT',
    path: () => `/banks/${bank_id}/customers/unknown/number`,
    options: () => ({ body: { customer_number: 'x' }, token: nobody.token }),
    refused: [403, /^OBP-20006: /],
  },
  'the body before the record': {
    verb: 'PUT',
    path: () => `/banks/${bank_id}/customers/unknown/number`,
    options: () => ({ body: {}, token: holder.token }),
    refused: [400, /^OBP-10001: .*PutUpdateCustomerNumberJsonV310/],
  },
  'the length of a value before the record': {
    verb: 'PUT',
    path: () => `/banks/${bank_id}/customers/unknown/number`,
    options: () => ({ body: { customer_number: 'x'.repeat(51) }, token: holder.token }),
    refused: [400, /^OBP-10001: .*customer_number.*50/],
  },
  'the record before the rule': {
    verb: 'PUT',
    path: () => `/banks/${bank_id}/customers/unknown/number`,
    options: () => ({ body: { customer_number: 'taken' }, token: holder.token }),
    refused: [404, /^OBP-30046: /],
  },
  'the body before the rule': {
    path: () => `/banks/${bank_id}/customers`,
    options: () => ({ body: { ...newCustomer, kyc_status: 'yes', dependants: 3 }, token: holder.token }),
    refused: [400, /^OBP-10001: .*kyc_status must be true or false/],
  },
};

describe('of two checks that refuse', () => {
  it.each(Object.entries(clashes))('%s', async (_name, { verb = 'POST', path, options, refused }) => {
    expectRefusal(await platform.call(verb, path(), options()), ...refused);
  });
});

describe('ids inside a POST body', () => {
  const post = (body: unknown) => platform.call('POST', `/banks/${bank_id}/customers`, { token: holder.token, body });

  it('are found at any depth, all of them named', async () => {
    const body = {
      ...newCustomer,
      branch_id: 'a b',
      deep: [{ id: 'ü', user_id: 'fine' }, { in: { view_id: 'x/y', account_id: '' } }],
    };
    expectRefusal(
      await post(body),
      400,
      'OBP-10001: Incorrect json format. Here are all invalid values: List((branch_id,a b), (id,ü), (view_id,x/y))',
    );
  });

  it('may be empty, a number, or 255 characters long, and not longer', async () => {
    expect((await post({ ...newCustomer, branch_id: '' })).status).toBe(201);
    expect((await post({ ...newCustomer, branch_id: 12 })).status).toBe(201);
    expect((await post({ ...newCustomer, branch_id: `aZ0-._${'x'.repeat(249)}` })).status).toBe(201);
    expectRefusal(
      await post({ ...newCustomer, branch_id: 'x'.repeat(256) }),
      400,
      /^OBP-10001: .*invalid values: List\(\(branch_id,x+\)\)$/,
    );
  });

  it('are not looked at in a PUT', async () => {
    const writer = await platform.person(`CanUpdateCustomerBranch@${bank_id}`);
    expectRefusal(
      await platform.call('PUT', `/banks/${bank_id}/customers/unknown/branch`, {
        token: writer.token,
        body: { branch_id: 'a b' },
      }),
      404,
      /^OBP-30046: /,
    );
  });
});

describe('an unknown bank', () => {
  it.each(
    operations
      .filter(({ path }) => path({ bank_id: 'B', customer_id: 'C', customer_number: '' }).includes('B'))
      .map((one) => [one.name, one] as const),
  )('is 404 for %s, role or none', async (_name, { verb, path, body }) => {
    const at = { bank_id: 'no.bank', customer_id: 'C', customer_number: 'N' };
    for (const { token } of [nobody, holder]) {
      expectRefusal(
        await platform.call(verb, path(at), { token, ...(body && { body: body(at) }) }),
        404,
        'OBP-30001: Bank not found. Please specify a valid value for BANK_ID. Current BankId is no.bank',
      );
    }
  });
});
