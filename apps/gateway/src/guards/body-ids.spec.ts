import { describe, expect, it } from '@jest/globals';
import { readJson } from '../http/json.js';
import { checkBodyIds } from './body-ids.js';

const check = (value: unknown) => () => checkBodyIds(readJson(Buffer.from(JSON.stringify(value))));

describe('the ids in a body', () => {
  it.each([
    [{ bank_id: 'gh.29.uk', user_id: '' }],
    [{ id: 'a'.repeat(255) }],
    [{ name: 'ß /' }],
    [{ bank_id: 7, id: null }],
    [[]],
    ['ß/'],
  ])('of %j are ids', (value) => {
    expect(check(value)).not.toThrow();
  });

  it.each([
    [{ bank_id: 'a b' }],
    [{ user_id: 'ß' }],
    [{ id: 'a'.repeat(256) }],
    [{ account_id: 'a/b' }],
    [{ id: 'a\n' }],
    [{ list: [{ to: { customer_id: '%' } }] }],
  ])('of %j are not', (value) => {
    expect(check(value)).toThrow(/^OBP-10001/);
  });

  it('are all named', () => {
    expect(check({ bank_id: 'a b', list: [{ id: 'ß' }] })).toThrow(/List\(\(bank_id,a b\), \(id,ß\)\)$/);
  });

  it('are none without a body', () => {
    expect(() => checkBodyIds(undefined)).not.toThrow();
  });
});
