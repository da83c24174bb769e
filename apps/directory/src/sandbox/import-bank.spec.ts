import { describe, expect, it } from '@jest/globals';
import type { SandboxBank } from '@platform/messages';
import { checkBanks } from './import-bank.js';

const bank = (change: Partial<SandboxBank> = {}): SandboxBank => ({
  id: 'rbs',
  short_name: 'RBS',
  full_name: 'The Bank',
  logo: '',
  website: '',
  ...change,
});

describe('banks of an import', () => {
  it('may have short ids and empty texts', () => {
    expect(() => checkBanks([])).not.toThrow();
    expect(() => checkBanks([bank(), bank({ id: 'x', short_name: '', full_name: '' })])).not.toThrow();
  });

  it.each([
    ['no id', [bank({ id: '' })], 'banks[0].id must be'],
    ['a bad id', [bank(), bank({ id: 'a b' })], 'banks[1].id must be'],
    ['one id twice', [bank(), bank({ id: 'y' }), bank()], 'banks[2].id is that of banks[0] already.'],
    ['a long text', [bank({ logo: 'x'.repeat(256) })], 'banks[0].logo must not be longer than 255 characters.'],
    ['NUL', [bank({ full_name: 'a\0' })], 'banks[0].full_name must not contain the NUL character.'],
  ])('are refused with %s', (_what, banks, fault) => expect(() => checkBanks(banks)).toThrow(fault));
});
