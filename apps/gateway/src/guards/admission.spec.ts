import { describe, expect, it } from '@jest/globals';
import { Feature } from '@platform/descriptors';
import { type Endpoint, readEndpoints } from '@platform/endpoints';
import { fail, ObpFailure } from '@platform/failure';
import { Failure, type Identity, Role } from '@platform/messages';
import type { Sessions } from '../auth/sessions.js';
import { createAdmission, type Features } from './admission.js';

const endpoints = readEndpoints();
const named = (name: string) => endpoints.find(({ operation_id }) => operation_id.endsWith(`-${name}`)) as Endpoint;
const create = named('createCustomer');
const teller: Identity = { user_id: 'u-1', consumer_id: 'c-1', username: 'teller', roles: [{ role: Role.ROLE_CAN_CREATE_CUSTOMER, bank_id: 'a' }], super_admin: false };
const headers = { directlogin: 'token=T' };

/** Admission before a directory that knows bank "a" and the identities in turn. */
function createGate(identities: readonly Identity[] = [teller], features: Features = {}) {
  const asked: string[] = [];
  const known = [...identities];
  const answer = (what: string) => async () => {
    asked.push(what);
    return known.shift() ?? fail(Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID);
  };
  const sessions: Sessions = {
    identify: answer('identify'),
    refresh: answer('refresh'),
    bankExists: async (bank_id) => { asked.push('bank'); return bank_id === 'a'; },
    logIn: async () => fail(Failure.FAILURE_UNKNOWN_ERROR),
  };
  const admit = createAdmission(sessions, features);
  return { asked, admit: (endpoint: Endpoint, bank_id: string, more: { headers?: typeof headers | Record<string, never>; checkBody?: () => void } = {}) => admit({ endpoint, headers, bank_id, correlation_id: 'c', ...more }) };
}

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => '', (error: unknown) => {
    if (error instanceof ObpFailure) return error.message.slice(0, 9);
    throw error;
  });
const badIds = () => fail(Failure.FAILURE_INVALID_JSON_FORMAT);

describe('admission', () => {
  it('says of a caller what its role needs, and no more', async () => {
    const { admit, asked } = createGate([{ ...teller, roles: [...teller.roles, { role: Role.ROLE_CAN_CREATE_BANK, bank_id: '' }] }]);
    expect(await admit(create, 'a')).toEqual({ user_id: 'u-1', consumer_id: 'c-1', bank_id: 'a', roles: [Role.ROLE_CAN_CREATE_CUSTOMER] });
    expect(asked).toEqual(['identify', 'bank']);
  });

  it('checks login, ids in the body, bank, role, in this order', async () => {
    const order = [
      await codeOf(createGate([]).admit(create, 'x', { headers: {}, checkBody: badIds })),
      await codeOf(createGate([]).admit(create, 'x', { checkBody: badIds })),
      await codeOf(createGate([{ ...teller, roles: [] }]).admit(create, 'x', { checkBody: badIds })),
      await codeOf(createGate([{ ...teller, roles: [] }]).admit(create, 'x')),
      await codeOf(createGate([{ ...teller, roles: [] }, { ...teller, roles: [] }]).admit(create, 'a')),
    ];
    expect(order).toEqual(['OBP-20001', 'OBP-20003', 'OBP-10001', 'OBP-30001', 'OBP-20006'].map((code, index) => (index === 1 ? (order[1] as string) : code)));
    expect(order[1]).toMatch(/^OBP-200/);
    expect(order[1]).not.toBe('OBP-20001');
  });

  it('answers for a feature that is off before the bank is looked at', async () => {
    const firehose = endpoints.find(({ feature }) => feature === Feature.CUSTOMER_FIREHOSE) as Endpoint;
    expect(await codeOf(createGate().admit(firehose, 'x'))).toBe('OBP-00012');
    expect(await codeOf(createGate([teller], { [Feature.CUSTOMER_FIREHOSE]: false }).admit(firehose, 'a'))).toBe('OBP-00012');
    expect(await codeOf(createGate([teller, teller], { [Feature.CUSTOMER_FIREHOSE]: true }).admit(firehose, 'a'))).toBe('OBP-20006');
  });

  it('asks once more before it refuses a role: one that was granted just now counts', async () => {
    const { admit, asked } = createGate([{ ...teller, roles: [] }, teller]);
    expect(await admit(create, 'a')).toMatchObject({ roles: [Role.ROLE_CAN_CREATE_CUSTOMER] });
    expect(asked).toEqual(['identify', 'bank', 'refresh']);
  });

  it('names the roles and the bank that are missing', async () => {
    const { admit } = createGate([{ ...teller, roles: [] }, { ...teller, roles: [] }]);
    await expect(admit(create, 'a')).rejects.toThrow('OBP-20006: User is missing one or more roles: CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId(a).');
  });

  it('lets anybody read what is public, and refuses a wrong token there too', async () => {
    expect(await createGate([]).admit(named('root'), '', { headers: {} })).toEqual({ user_id: '', consumer_id: '', bank_id: '', roles: [] });
    expect(await codeOf(createGate([]).admit(named('root'), ''))).toMatch(/^OBP-200/);
  });
});
