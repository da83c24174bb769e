import { describe, expect, it } from '@jest/globals';
import { type Endpoint, readEndpoints } from '@platform/endpoints';
import { fail, ObpFailure } from '@platform/failure';
import { Failure, type Identity, Role } from '@platform/messages';
import { createAuthentication } from '../auth/authentication.js';
import type { Sessions } from '../auth/sessions.js';
import { type AdmissionOptions, createAdmission } from './admission.js';

const endpoints = readEndpoints();
const named = (name: string) => endpoints.find(({ operation_id }) => operation_id.endsWith(`-${name}`)) as Endpoint;
const create = named('createCustomer');
const teller: Identity = {
  user_id: 'u-1',
  consumer_id: 'c-1',
  username: 'teller',
  roles: [{ role: Role.ROLE_CAN_CREATE_CUSTOMER, bank_id: 'a' }],
  super_admin: false,
  scopes: [],
  call_limits: null,
};
const headers = { directlogin: 'token=T' };

/** Admission with a directory that knows bank "a" and returns the identities one after the other. */
function createGate(
  identities: readonly Identity[] = [teller],
  settings: Readonly<Record<string, boolean>> = {},
  more: Partial<AdmissionOptions> = {},
) {
  const asked: string[] = [];
  const known = [...identities];
  const answer = (what: string) => async () => {
    asked.push(what);
    return known.shift() ?? fail(Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID);
  };
  const sessions: Sessions = {
    identify: answer('identify'),
    refresh: answer('refresh'),
    bankExists: async (bank_id) => {
      asked.push('bank');
      return bank_id === 'a';
    },
    logIn: async () => fail(Failure.FAILURE_UNKNOWN_ERROR),
    grantJustInTime: async ({ user_id }, { role, bank_id }) => void asked.push(`grant ${user_id} ${role} ${bank_id}`),
  };
  const admit = createAdmission({
    addresses: { take: async (what) => void asked.push(what), logIn: (_login, _asker, work) => work() },
    trail: { record: () => undefined },
    sessions,
    isOn: (setting) => settings[setting] === true,
    authenticate: createAuthentication({
      sessions,
      direct_login: true,
      oauth: () => fail(Failure.FAILURE_AUTHORIZATION_HEADER_NOT_SUPPORTED),
    }),
    scopes: { needsScope: () => false, entitlementOrScope: false },
    restrictions: {
      checkLogin: async () => void asked.push('kind of login'),
      checkBody: async () => void asked.push('body'),
    },
    ...more,
  });
  return {
    asked,
    admit: (
      endpoint: Endpoint,
      bank_id: string,
      {
        headers: given = headers,
        ...others
      }: { headers?: Record<string, string>; checkBody?: () => void; body?: () => unknown } = {},
    ) =>
      admit({
        endpoint,
        request: { headers: given, verb: 'POST', url: '/', address: '127.0.0.1' },
        bank_id,
        correlation_id: 'c',
        ...others,
      }),
  };
}

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => '',
    (error: unknown) => {
      if (error instanceof ObpFailure) return error.message.slice(0, 9);
      throw error;
    },
  );
const badIds = () => fail(Failure.FAILURE_INVALID_JSON_FORMAT);

describe('admission', () => {
  it('says of a caller what its role needs, and no more', async () => {
    const { admit, asked } = createGate([
      { ...teller, roles: [...teller.roles, { role: Role.ROLE_CAN_CREATE_BANK, bank_id: '' }] },
    ]);
    expect(await admit(create, 'a')).toEqual({
      user_id: 'u-1',
      consumer_id: 'c-1',
      bank_id: 'a',
      roles: [Role.ROLE_CAN_CREATE_CUSTOMER],
    });
    expect(asked).toEqual(['kind of login', 'identify', 'bank']);
  });

  it('checks login, ids in the body, bank, role, in this order', async () => {
    const order = [
      await codeOf(createGate([]).admit(create, 'x', { headers: {}, checkBody: badIds })),
      await codeOf(createGate([]).admit(create, 'x', { checkBody: badIds })),
      await codeOf(createGate([{ ...teller, roles: [] }]).admit(create, 'x', { checkBody: badIds })),
      await codeOf(createGate([{ ...teller, roles: [] }]).admit(create, 'x')),
      await codeOf(
        createGate([
          { ...teller, roles: [] },
          { ...teller, roles: [] },
        ]).admit(create, 'a'),
      ),
    ];
    expect(order).toEqual(
      ['OBP-20001', 'OBP-20003', 'OBP-10001', 'OBP-30001', 'OBP-20006'].map((code, index) =>
        index === 1 ? (order[1] as string) : code,
      ),
    );
    expect(order[1]).toMatch(/^OBP-200/);
    expect(order[1]).not.toBe('OBP-20001');
  });

  it('answers for a feature that is off before the bank is looked at', async () => {
    const firehose = endpoints.find(({ operation_id }) => operation_id.endsWith('-getFirehoseCustomers')) as Endpoint;
    expect(await codeOf(createGate().admit(firehose, 'x'))).toBe('OBP-00012');
    expect(await codeOf(createGate([teller], { ALLOW_CUSTOMER_FIREHOSE: false }).admit(firehose, 'a'))).toBe(
      'OBP-00012',
    );
    expect(await codeOf(createGate([teller, teller], { ALLOW_CUSTOMER_FIREHOSE: true }).admit(firehose, 'a'))).toBe(
      'OBP-20006',
    );
  });

  it('asks once more before it refuses a role: one that was granted just now counts', async () => {
    const { admit, asked } = createGate([{ ...teller, roles: [] }, teller]);
    expect(await admit(create, 'a')).toMatchObject({ roles: [Role.ROLE_CAN_CREATE_CUSTOMER] });
    expect(asked).toEqual(['kind of login', 'identify', 'bank', 'refresh']);
  });

  it('names the roles and the bank that are missing', async () => {
    const { admit } = createGate([
      { ...teller, roles: [] },
      { ...teller, roles: [] },
    ]);
    await expect(admit(create, 'a')).rejects.toThrow(
      'OBP-20006: User is missing one or more roles: CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId(a).',
    );
  });

  it('lets anybody read what is public, and refuses a wrong token there too', async () => {
    expect(await createGate([]).admit(named('root'), '', { headers: {} })).toEqual({
      user_id: '',
      consumer_id: '',
      bank_id: '',
      roles: [],
    });
    expect(await codeOf(createGate([]).admit(named('root'), ''))).toMatch(/^OBP-200/);
  });

  it('gives a role just in time where the instance does, and only what the caller may give', async () => {
    const granter: Identity = {
      ...teller,
      roles: [{ role: Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK, bank_id: 'a' }],
    };
    const given: string[] = [];
    const options: Partial<AdmissionOptions> = {
      grantJustInTime: async ({ user_id }, { role, bank_id }) => void given.push(`${user_id} ${role} ${bank_id}`),
    };
    expect(await createGate([granter, granter], {}, options).admit(create, 'a')).toMatchObject({
      roles: [Role.ROLE_CAN_CREATE_CUSTOMER],
    });
    expect(given).toEqual([`u-1 ${Role.ROLE_CAN_CREATE_CUSTOMER} a`]);
    expect(
      await codeOf(
        createGate(
          [
            { ...teller, roles: [] },
            { ...teller, roles: [] },
          ],
          {},
          options,
        ).admit(create, 'a'),
      ),
    ).toBe('OBP-20006');
    expect(await codeOf(createGate([granter, granter]).admit(create, 'a'))).toBe('OBP-20006');
    // No role is granted when the application would still be refused, nor because of a role that does not count.
    const scopes = { needsScope: () => true, entitlementOrScope: false };
    expect(await codeOf(createGate([granter, granter], {}, { ...options, scopes }).admit(create, 'a'))).toBe(
      'OBP-20006',
    );
    const scoped = { ...granter, scopes: granter.roles };
    expect(await codeOf(createGate([scoped, scoped], {}, { ...options, scopes }).admit(create, 'a'))).toBe('OBP-20023');
    expect(given).toHaveLength(1);
  });

  it('names the application when it is what misses the role', async () => {
    const scopes = { needsScope: () => true, entitlementOrScope: false };
    expect(await codeOf(createGate([teller, teller], {}, { scopes }).admit(create, 'a'))).toBe('OBP-20023');
  });

  it('records credentials that are not accepted, and no other failure of a login', async () => {
    const events: unknown[] = [];
    const trail = { record: (...event: unknown[]) => void events.push(event) };
    expect(await codeOf(createGate([], {}, { trail }).admit(create, 'a'))).toBe('OBP-20003');
    expect(events).toMatchObject([
      [
        { operation_id: 'DirectLogin', user_id: '' },
        { kind: 'login', result: 'OBP-20003' },
      ],
    ]);
    const authenticate = () => ({
      type: 'OAuth2_OIDC' as const,
      identify: async () => fail(Failure.FAILURE_REQUEST_TIMEOUT),
      refresh: async () => fail(Failure.FAILURE_REQUEST_TIMEOUT),
    });
    expect(await codeOf(createGate([], {}, { trail, authenticate }).admit(create, 'a'))).toBe('OBP-01000');
    expect(events).toHaveLength(1);
  });

  it('looks at what administrators ask of a body after the role', async () => {
    const { admit, asked } = createGate();
    await admit(create, 'a', { body: () => ({}) });
    expect(asked).toEqual(['kind of login', 'identify', 'bank', 'body']);
  });

  it('limits calls right after the login, also those of nobody, and shows it', async () => {
    const asked: string[] = [];
    const limiter = { take: async (caller: unknown) => void asked.push(caller === undefined ? 'anonymous' : 'known') };
    await createGate([teller], {}, { limiter }).admit(create, 'a');
    await createGate([], {}, { limiter }).admit(named('root'), '', { headers: {} });
    expect(asked).toEqual(['known', 'anonymous']);
  });
});
