import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from '@connectrpc/connect-node';
import { CustomerService, CustomerViewService, FailureDetailSchema, Failure } from '@platform/descriptors';
import { newCustomer } from './operations.js';
import { type Person, type Platform, startPlatform, unique } from './platform.js';

let platform: Platform;
let sessions: Http2SessionManager;
let bank_id: string;
let person: Person;

beforeAll(async () => {
  platform = await startPlatform();
  sessions = new Http2SessionManager(platform.origin);
  bank_id = await platform.bank();
  person = await platform.person(
    `CanCreateCustomer@${bank_id}`,
    `CanGetCustomer@${bank_id}`,
    `CanGetCustomers@${bank_id}`,
  );
});
afterAll(async () => {
  sessions.abort();
  await platform.close();
});

const transports: [name: string, open: () => Transport][] = [
  ['gRPC', () => createGrpcTransport({ baseUrl: platform.origin, sessionManager: sessions })],
  ['gRPC-Web over HTTP/1.1', () => createGrpcWebTransport({ baseUrl: platform.origin, httpVersion: '1.1' })],
  [
    'gRPC-Web over HTTP/2',
    () => createGrpcWebTransport({ baseUrl: platform.origin, httpVersion: '2', sessionManager: sessions }),
  ],
  ['Connect over HTTP/1.1', () => createConnectTransport({ baseUrl: platform.origin, httpVersion: '1.1' })],
  [
    'Connect over HTTP/2',
    () =>
      createConnectTransport({
        baseUrl: platform.origin,
        httpVersion: '2',
        sessionManager: sessions,
        useBinaryFormat: false,
      }),
  ],
];

const as = (token: string) => ({ headers: { DirectLogin: `token=${token}` } });

async function refusal(call: Promise<unknown>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error('the call was not refused');
}

describe.each(transports)('over %s', (_name, open) => {
  let customers: Client<typeof CustomerService>;
  let views: Client<typeof CustomerViewService>;
  beforeAll(() => {
    customers = createClient(CustomerService, open());
    views = createClient(CustomerViewService, open());
  });

  const body = () => ({
    legalName: newCustomer.legal_name,
    mobilePhoneNumber: newCustomer.mobile_phone_number,
    customerNumber: `G${unique()}`,
  });

  it('dates are those of REST, however they are written', async () => {
    const written = {
      ...body(),
      dateOfBirth: '1990-05-15T00:00:00.123456+02:00',
      lastOkDate: ' 2024-03-05T12:14:22.434Z',
      dobOfDependants: ['2000-02-29'],
      dependants: 1,
    };
    const created = await customers.createCustomer({ bankId: bank_id, body: written }, as(person.token));
    expect(created).toMatchObject({
      dateOfBirth: '1990-05-14T22:00:00Z',
      lastOkDate: '2024-03-05T12:14:22Z',
      dobOfDependants: ['2000-02-29T00:00:00Z'],
    });
    const refused = await refusal(
      customers.createCustomer({ bankId: bank_id, body: { ...body(), dateOfBirth: '2023-02-30' } }, as(person.token)),
    );
    expect([refused.code, refused.rawMessage]).toEqual([
      Code.InvalidArgument,
      'OBP-10001: Incorrect json format. The Json body should be the PostCustomerJsonV310 (date_of_birth must be a date like 2013-01-21T23:08:00Z)',
    ]);
  });

  it('a required text that is absent is refused, where REST takes an empty one that is said', async () => {
    const { legalName: _, ...nameless } = body();
    const refused = await refusal(customers.createCustomer({ bankId: bank_id, body: nameless }, as(person.token)));
    expect([refused.code, refused.rawMessage]).toEqual([
      Code.InvalidArgument,
      'OBP-10001: Incorrect json format. legal_name must not be empty.',
    ]);
    const post = (posted: object) =>
      platform.call('POST', `/banks/${bank_id}/customers`, { token: person.token, body: posted });

    expect((await post({ ...newCustomer, legal_name: '' })).status).toBe(201);
    const { json } = await platform.call('GET', `/banks/${bank_id}/customers`, { token: person.token });
    const numbers = (json as { customers: { customer_number: string }[] }).customers.map((one) => one.customer_number);
    expect(numbers).not.toContain(nameless.customerNumber);
  });

  it('a customer is created, read as REST reads it, and listed in a stream', async () => {
    const created = await customers.createCustomer({ bankId: bank_id, body: body() }, as(person.token));
    expect(created).toMatchObject({ bankId: bank_id, legalName: newCustomer.legal_name, email: '', dependants: 0 });
    const found = await views.getCustomerByCustomerId(
      { bankId: bank_id, customerId: created.customerId },
      as(person.token),
    );
    expect(found).toMatchObject({
      customerId: created.customerId,
      customerNumber: created.customerNumber,
      customerAttributes: [],
    });
    const rest = await platform.call('GET', `/banks/${bank_id}/customers/${created.customerId}`, {
      token: person.token,
    });
    expect(rest.json).toMatchObject({ customer_number: created.customerNumber });
    const listed: string[] = [];
    for await (const chunk of customers.getCustomersAtOneBank({ bankId: bank_id, limit: 1000 }, as(person.token)))
      listed.push(...chunk.customers.map(({ customerId }) => customerId));
    expect(listed).toContain(created.customerId);
  });

  it.each<[string, () => Promise<unknown>, Code, Failure, string]>([
    [
      'a call without a login',
      () => customers.createCustomer({ bankId: bank_id, body: body() }),
      Code.Unauthenticated,
      Failure.USER_NOT_LOGGED_IN,
      'OBP-20001: ',
    ],
    [
      'an unknown token',
      () => customers.createCustomer({ bankId: bank_id, body: body() }, as('unknown')),
      Code.Unauthenticated,
      Failure.DIRECT_LOGIN_TOKEN_INVALID,
      'OBP-20003: ',
    ],
    [
      'a missing role',
      () => customers.createCustomer({ bankId: bank_id, body: body() }, as(platform.admin.token)),
      Code.PermissionDenied,
      Failure.USER_HAS_MISSING_ROLES,
      'OBP-20006: ',
    ],
    [
      'an unknown bank',
      () => customers.createCustomer({ bankId: 'no.bank', body: body() }, as(person.token)),
      Code.NotFound,
      Failure.BANK_NOT_FOUND,
      'OBP-30001: ',
    ],
    [
      'an unknown customer',
      () => views.getCustomerByCustomerId({ bankId: bank_id, customerId: 'unknown' }, as(person.token)),
      Code.NotFound,
      Failure.CUSTOMER_NOT_FOUND,
      'OBP-30046: ',
    ],
    [
      'NUL in an id',
      () => views.getCustomerByCustomerId({ bankId: bank_id, customerId: 'a\0b' }, as(person.token)),
      Code.NotFound,
      Failure.CUSTOMER_NOT_FOUND,
      'OBP-30046: ',
    ],
    [
      'NUL in a number',
      () => views.getCustomerByCustomerNumber({ bankId: bank_id, body: { customerNumber: 'a\0b' } }, as(person.token)),
      Code.InvalidArgument,
      Failure.INVALID_JSON_FORMAT,
      'OBP-10001: ',
    ],
    [
      'a number longer than any',
      () =>
        views.getCustomerByCustomerNumber(
          { bankId: bank_id, body: { customerNumber: '1'.repeat(51) } },
          as(person.token),
        ),
      Code.NotFound,
      Failure.CUSTOMER_NOT_FOUND_BY_NUMBER,
      'OBP-30002: ',
    ],
    [
      'a branch id that is none',
      () => customers.createCustomer({ bankId: bank_id, body: { ...body(), branchId: 'a b' } }, as(person.token)),
      Code.InvalidArgument,
      Failure.INVALID_JSON_FORMAT,
      'OBP-10001: ',
    ],
    [
      'no body',
      () => customers.createCustomer({ bankId: bank_id }, as(person.token)),
      Code.InvalidArgument,
      Failure.INVALID_JSON_FORMAT,
      'OBP-10001: ',
    ],
    [
      'a text that is too long',
      () =>
        customers.createCustomer({ bankId: bank_id, body: { ...body(), title: 'x'.repeat(256) } }, as(person.token)),
      Code.InvalidArgument,
      Failure.INVALID_JSON_FORMAT,
      'OBP-10001: ',
    ],
    [
      'NUL',
      () => customers.createCustomer({ bankId: bank_id, body: { ...body(), title: 'a\0b' } }, as(person.token)),
      Code.InvalidArgument,
      Failure.INVALID_JSON_FORMAT,
      'OBP-10001: ',
    ],
    [
      '30 February',
      () =>
        customers.createCustomer(
          { bankId: bank_id, body: { ...body(), dateOfBirth: '2023-02-30T00:00:00Z' } },
          as(person.token),
        ),
      Code.InvalidArgument,
      Failure.INVALID_JSON_FORMAT,
      'OBP-10001: ',
    ],
    [
      'an internal rpc',
      () => customers.batchGetCustomers({ keys: [] }, as(person.token)),
      Code.Unimplemented,
      Failure.UNSPECIFIED,
      '',
    ],
    [
      'a list without a role',
      () =>
        customers.getCustomersAtOneBank({ bankId: bank_id }, as(platform.admin.token))[Symbol.asyncIterator]().next(),
      Code.PermissionDenied,
      Failure.USER_HAS_MISSING_ROLES,
      'OBP-20006: ',
    ],
    [
      'a limit of 0',
      () =>
        customers.getCustomersAtOneBank({ bankId: bank_id, limit: 0 }, as(person.token))[Symbol.asyncIterator]().next(),
      Code.InvalidArgument,
      Failure.INVALID_FILTER_PARAMETERS,
      'OBP-10016: ',
    ],
  ])('%s is refused with its failure as a detail', async (_case, call, code, failure, message) => {
    const error = await refusal(call());
    expect([Code[error.code], error.rawMessage.slice(0, message.length)]).toEqual([Code[code], message]);
    const details = error.findDetails(FailureDetailSchema).map((detail) => detail.failure);
    expect(details).toEqual(failure === Failure.UNSPECIFIED ? [] : [failure]);
  });
});

describe('reads that travel together', () => {
  it('are not spoilt by one that the database would refuse', async () => {
    const views = createClient(
      CustomerViewService,
      createGrpcTransport({ baseUrl: platform.origin, sessionManager: sessions }),
    );
    const customers = createClient(
      CustomerService,
      createGrpcTransport({ baseUrl: platform.origin, sessionManager: sessions }),
    );
    const { customerId } = await customers.createCustomer(
      { bankId: bank_id, body: { legalName: 'A', mobilePhoneNumber: '1' } },
      as(person.token),
    );
    const read = (id: string) =>
      views.getCustomerByCustomerId({ bankId: bank_id, customerId: id }, as(person.token)).then(
        (found) => found.customerId,
        (error: unknown) => ConnectError.from(error).code,
      );
    const asked = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? customerId : 'a\0b'));
    expect(await Promise.all(asked.map(read))).toEqual(
      asked.map((id) => (id === customerId ? customerId : Code.NotFound)),
    );
  });
});

describe('Connect as plain JSON', () => {
  const post = (method: string, body: unknown, token?: string) =>
    platform.send('POST', `/obp.customers.v1.CustomerService/${method}`, { body, token });

  it('answers a POST and gives the call its Correlation-Id', async () => {
    const { status, json, headers } = await post(
      'CreateCustomer',
      { bankId: bank_id, body: { legalName: 'A', mobilePhoneNumber: '1' } },
      person.token,
    );
    expect([status, json]).toEqual([200, expect.objectContaining({ bankId: bank_id, legalName: 'A' })]);
    expect(headers['correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': '*',
      'x-frame-options': 'DENY',
    });
  });

  it('is refused without a token', async () => {
    const { status, json } = await post('CreateCustomer', { bankId: bank_id });
    expect([status, json]).toMatchObject([
      401,
      {
        code: 'unauthenticated',
        message: 'OBP-20001: User not logged in. Authentication is required!',
        details: [{ type: 'obp.api.v1.FailureDetail' }],
      },
    ]);
  });

  it('refuses malformed JSON and unknown methods', async () => {
    expect((await post('CreateCustomer', '{', person.token)).status).toBe(400);
    expect(await post('NoSuchMethod', {}, person.token)).toMatchObject({
      status: 501,
      json: { code: 'unimplemented' },
    });
  });
});
