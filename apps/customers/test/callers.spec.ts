import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceClaims } from '@platform/entitlements';
import { type CallContext, pathOf, type ServiceDefinition } from '@platform/grpc';
import * as messages from '@platform/messages';
import { Role, rpcTable } from '@platform/messages';
import { bank, caller, contextOf, createHarness, type Harness, refusal } from './harness.js';

interface Case {
  readonly method: string;
  readonly definition: ServiceDefinition;
  readonly request: object;
}

/** Every rpc of the service, whatever the contract adds. A call is refused before its request is looked at. */
const cases = Object.values<unknown>(messages)
  .filter(
    (one): one is ServiceDefinition =>
      typeof one === 'object' &&
      one !== null &&
      'methods' in one &&
      String((one as ServiceDefinition).fullName).startsWith('obp.customers.'),
  )
  .flatMap((definition) =>
    Object.entries(definition.methods).map(([method, { requestType }]): Case => {
      const request = requestType.decode(new Uint8Array()) as object;
      return { method, definition, request: 'bank_id' in request ? { ...request, bank_id: bank } : request };
    }),
  );
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
  it('are asked for at each of its rpcs', () => expect(cases.length).toBeGreaterThanOrEqual(31));

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
