import { describe, expect, it } from '@jest/globals';
import { Failure, type Restriction } from '@platform/messages';
import type { DirectoryCall } from '../auth/caller.js';
import { createRestrictions } from './restrictions.js';

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema',
  title: 'T',
  description: 'D',
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' } },
};

function createRules(list: Restriction[]) {
  const state = { now: 1_000, asked: 0, list, down: false };
  const call = (async () => {
    state.asked += 1;
    if (state.down) throw new Error('down');
    return { restrictions: state.list };
  }) as unknown as DirectoryCall;
  return { state, rules: createRestrictions(call, () => state.now) };
}

const restriction = (change: Partial<Restriction>): Restriction => ({
  operation_id: 'op',
  json_schema: null,
  allowed_authentication_types: [],
  ...change,
});

describe('what administrators ask of an operation', () => {
  it('is its kinds of login', async () => {
    const { rules } = createRules([restriction({ allowed_authentication_types: ['DirectLogin', 'OAuth1.0a'] })]);
    await rules.checkLogin('op', 'DirectLogin', 'c');
    await rules.checkLogin('other', 'OAuth2_OIDC', 'c');
    await expect(rules.checkLogin('op', 'OAuth2_OIDC', 'c')).rejects.toMatchObject({
      failure: Failure.FAILURE_AUTHENTICATION_TYPE_ILLEGAL,
      detail: 'allowed authentication types: [DirectLogin, OAuth1.0a], current request auth type: OAuth2_OIDC',
    });
  });

  it('is the schema of its body', async () => {
    const { rules } = createRules([restriction({ json_schema: JSON.stringify(schema) })]);
    await rules.checkBody('op', () => ({ name: 'x' }), 'c');
    await expect(rules.checkBody('op', () => ({}), 'c')).rejects.toMatchObject({
      failure: Failure.FAILURE_BODY_AGAINST_SCHEMA,
      detail: ' $.name: is missing but it is required',
    });
  });

  it('is asked for once a second, by everybody together', async () => {
    const { state, rules } = createRules([]);
    await Promise.all(['a', 'b', 'c'].map((id) => rules.checkLogin(id, 'DirectLogin', 'c')));
    expect(state.asked).toBe(1);
    state.list = [restriction({ allowed_authentication_types: ['OAuth1.0a'] })];
    state.now += 900;
    await expect(rules.checkLogin('op', 'DirectLogin', 'c')).rejects.toThrow('OBP-40034');
    expect(state.asked).toBe(2);
  });

  it('is asked for again after the directory was down', async () => {
    const { state, rules } = createRules([]);
    state.down = true;
    await expect(rules.checkLogin('op', 'DirectLogin', 'c')).rejects.toThrow('down');
    state.down = false;
    await rules.checkLogin('op', 'DirectLogin', 'c');
    expect(state.asked).toBe(2);
  });
});
