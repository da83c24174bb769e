import { describe, expect, it } from '@jest/globals';
import { Failure, type SandboxAccount } from '@platform/messages';
import { checkAccounts } from './import-account.js';

const account = (change: Partial<SandboxAccount> = {}): SandboxAccount => ({
  id: 'a1',
  bank: 'b1',
  label: '',
  number: '1',
  type: 'CURRENT',
  balance: { currency: 'EUR', amount: '12.34' },
  IBAN: '',
  owners: ['robert.xuvius'],
  generate_public_view: true,
  generate_accountants_view: false,
  generate_auditors_view: false,
  ...change,
});
const check = (...accounts: SandboxAccount[]) =>
  checkAccounts(accounts, new Set(['b1', 'b2']), new Set(['robert.xuvius', 'second.owner']));

describe('accounts of an import', () => {
  it('may have any balance, several owners, no IBAN; ids and numbers are those of a bank', () => {
    expect(() =>
      check(
        account(),
        account({
          bank: 'b2',
          balance: { currency: 'XBT', amount: '-1e3' },
          owners: ['second.owner', 'robert.xuvius', 'second.owner'],
        }),
        account({ id: 'a2', number: '2', IBAN: 'DE1' }),
      ),
    ).not.toThrow();
  });

  it.each<[string, Partial<SandboxAccount>, string]>([
    ['no id', { id: '' }, 'accounts[1].id must be'],
    ['a taken id', { id: 'a1' }, 'accounts[1].id is that of accounts[0] already.'],
    ['another bank', { bank: 'b3' }, 'accounts[1].bank must name a bank of the same import.'],
    ['no number', { number: '' }, 'accounts[1].number must not be empty.'],
    ['a taken number', { number: '1' }, 'accounts[1].number is that of accounts[0] already.'],
    ['a taken IBAN', { bank: 'b2', IBAN: 'DE1' }, 'accounts[1].IBAN is that of accounts[0] already.'],
    ['no owner', { owners: [] }, 'accounts[1].owners must not be empty.'],
    [
      'an unknown owner',
      { owners: ['robert.xuvius', 'nobody'] },
      'accounts[1].owners[1] must name a user of the same import.',
    ],
    ['no balance', { balance: null }, 'accounts[1].balance is missing.'],
    [
      'no number as amount',
      { balance: { currency: 'EUR', amount: 'ten' } },
      'accounts[1].balance.amount must be a number.',
    ],
    ['a long label', { label: 'x'.repeat(256) }, 'accounts[1].label must not be longer than 255 characters.'],
    ['NUL', { type: '\0' }, 'accounts[1].type must not contain the NUL character.'],
  ])('are refused with %s', (_what, change, fault) => {
    expect(() => check(account({ IBAN: 'DE1' }), account({ id: 'a2', number: '2', ...change }))).toThrow(fault);
  });

  it.each(['', 'eur', 'EURO'])('are refused with the currency %j', (currency) => {
    const refused = expect.objectContaining({
      failure: Failure.FAILURE_INVALID_CURRENCY,
      detail: '(accounts[0].balance.currency)',
    });
    expect(() => check(account({ balance: { currency, amount: '0' } }))).toThrow(refused);
  });
});
