import { describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { checkItem, checkKnown, checkNewId, checkUnique, refuse, required } from './import-fault.js';

const invalid = (detail: string) => expect.objectContaining({ failure: Failure.FAILURE_IMPORT_INVALID, detail });

describe('faults of an import', () => {
  it('name the place', () => {
    expect(() => refuse('users[3].email', 'is odd.')).toThrow(
      'OBP-10001: Incorrect json format. users[3].email is odd.',
    );
    expect(() => required('a[0].b', null)).toThrow(invalid(' a[0].b is missing.'));
    expect(required('a[0].b', '')).toBe('');
  });

  it.each(['', 'two words', 'a/b', 'a\0', 'x'.repeat(256)])('%j is no id', (id) => {
    expect(() => checkNewId('banks[0].id', id)).toThrow(/banks\[0\]\.id must be 1 to 255 characters/);
  });

  it('know what is of the same import', () => {
    expect(() => checkKnown('a[0].bank', 'x', new Set(['x']), 'a bank')).not.toThrow();
    expect(() => checkKnown('a[0].bank', 'X', new Set(['x']), 'a bank')).toThrow(
      invalid(' a[0].bank must name a bank of the same import.'),
    );
  });

  it('find long texts and NUL at any depth, by the limits of their names', () => {
    const item = (text: string) => ({
      flat: 'x',
      number: 1,
      none: null,
      list: ['x', text],
      deep: { deeper: { text } },
    });
    expect(() => checkItem('a[0]', item('😀'.repeat(255)))).not.toThrow();
    expect(() => checkItem('a[0]', item('x'.repeat(256)))).toThrow(
      'a[0].list.1 must not be longer than 255 characters.',
    );
    expect(() => checkItem('a[0]', { deep: { text: 'x'.repeat(300) } }, { text: 300 })).not.toThrow();
    expect(() => checkItem('a[0]', { deep: { text: 'a\0' } })).toThrow(
      'a[0].deep.text must not contain the NUL character.',
    );
  });

  it('find two of one key, and take those without a key as different', () => {
    const check = (...keys: (string | undefined)[]) => checkUnique('a', keys, 'id', (key) => key);
    expect(() => check('x', 'X', undefined, undefined, '__proto__')).not.toThrow();
    expect(() => check('x', 'y', 'x')).toThrow(invalid(' a[2].id is that of a[0] already.'));
  });
});
