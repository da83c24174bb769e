import { describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { checkNewBankId, isBankId } from './bank-id.js';

describe('id of a new bank', () => {
  it.each(['gh.29.uk', 'abcd', 'A-b_c.9', 'x'.repeat(255)])('accepts %s', (bank_id) => {
    expect(() => checkNewBankId(bank_id)).not.toThrow();
    expect(isBankId(bank_id)).toBe(true);
  });

  it.each([
    ['two words', Failure.FAILURE_INVALID_CHARACTERS],
    ['a::::b', Failure.FAILURE_INVALID_CHARACTERS],
    ['bank\0', Failure.FAILURE_INVALID_CHARACTERS],
    ['bank\n', Failure.FAILURE_INVALID_CHARACTERS],
    ['x'.repeat(256), Failure.FAILURE_VALUE_TOO_LONG],
    ['abc', Failure.FAILURE_INVALID_JSON_FORMAT],
    ['', Failure.FAILURE_INVALID_JSON_FORMAT],
  ])('refuses %j', (bank_id, failure) => {
    expect(() => checkNewBankId(bank_id)).toThrow(expect.objectContaining({ failure }));
  });

  it.each(['', 'two words', 'bank\0', 'x'.repeat(256)])('%j can be no bank', (bank_id) =>
    expect(isBankId(bank_id)).toBe(false),
  );
});
