import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceClaims } from '@platform/entitlements';
import type { CallContext, Rpc } from '@platform/grpc';
import { Role, rpcTable } from '@platform/messages';
import {
  attributeBody,
  bank,
  caller,
  contextOf,
  createHarness,
  definitionBody,
  type Harness,
  methods,
  refusal,
} from './harness.js';

const key = { bank_id: bank, customer_id: 'anna' };
const body = attributeBody();
const requests: Record<keyof typeof methods, object> = {
  create: { ...key, body },
  update: { ...key, customer_attribute_id: 'x', body },
  remove: { bank_id: bank, customer_attribute_id: 'x', customer_id: null },
  getOne: { ...key, customer_attribute_id: 'x' },
  getAll: key,
  putDefinition: { bank_id: bank, body: definitionBody() },
  getDefinitions: { bank_id: bank },
  deleteDefinition: { bank_id: bank, attribute_definition_id: 'x' },
  batchGet: { keys: [key] },
  match: { bank_id: bank, pairs: [], limit: 1, among: [] },
  forget: { key },
};
const streams: readonly string[] = ['getAll', 'getDefinitions', 'batchGet'];
type Name = keyof typeof methods;
const names = Object.keys(methods) as Name[];
const ruleOf = (name: Name) => {
  const rule = rpcTable[methods[name].path];
  if (rule === undefined) throw new Error(`${name} has no rule`);
  return rule;
};
const open = names.filter((name) => ruleOf(name).access === 'user');
const internal = names.filter((name) => ruleOf(name).access === 'service');

describe('callers of the attributes service', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
    harness.customers.add(key);
  });
  afterAll(async () => {
    expect(harness.customers.calls).toBe(0);
    for (const table of ['customer_attribute', 'attribute_definition', 'customer_presence'])
      expect(await harness.sql(`select from ${table}`)).toHaveLength(0);
    await harness.close();
  });

  const ask = (name: Name, context: CallContext): Promise<unknown> => {
    const method = methods[name] as Rpc<object, unknown>;
    return streams.includes(name)
      ? harness.messages(method, requests[name], context)
      : harness.call(method, requests[name], context);
  };
  const notLoggedIn = 'OBP-20001: User not logged in. Authentication is required!';

  it('has eight operations and three internal rpcs', () => {
    expect(open).toHaveLength(8);
    expect(internal).toHaveLength(3);
  });

  it.each(names)('%s refuses a call without a valid caller', async (name) => {
    const good = caller(bank);
    const elsewhere = contextOf({ user_id: 'u', consumer_id: '', bank_id: bank, roles: [] }, 'another secret');
    for (const assertion of [() => Buffer.alloc(0), () => Buffer.from('nonsense'), elsewhere.assertion])
      await expect(ask(name, { ...good, assertion })).rejects.toThrow(
        /^16 UNAUTHENTICATED: the caller assertion is not valid/,
      );
  });

  it.each(open)(
    '%s refuses a caller without a role of it, one of another bank, and the platform itself',
    async (name) => {
      expect(ruleOf(name).roles.length).toBeGreaterThan(0);
      for (const roles of [[], [Role.ROLE_CAN_GET_ANY_USER, Role.ROLE_CAN_CREATE_CUSTOMER]]) {
        expect(await refusal(ask(name, caller(bank, roles)))).toMatch(
          /^OBP-20006: User is missing one or more roles: Can/,
        );
      }
      for (const other of ['other', '']) expect(await refusal(ask(name, caller(other)))).toMatch(/^OBP-20006/);
      expect(await refusal(ask(name, contextOf(serviceClaims)))).toBe(notLoggedIn);
    },
  );

  it.each(internal)('%s refuses a user', async (name) => {
    expect(await refusal(ask(name, caller(bank)))).toMatch(/^OBP-20006/);
  });
});
