import { describe, expect, it } from '@jest/globals';
import type { SandboxTransaction, SandboxTransactionDetails } from '@platform/messages';
import { checkTransactions } from './import-transaction.js';

const details: SandboxTransactionDetails = {
  type: '10219',
  description: 'x'.repeat(2000),
  posted: '2012-03-07T00:00:00.001Z',
  completed: '2012-04-07T00:00:00Z',
  new_balance: '1413.41',
  value: '-135.33',
};
const transaction = (change: Partial<SandboxTransaction> = {}): SandboxTransaction => ({
  id: 't1',
  this_account: { id: 'a1', bank: 'b1' },
  counterparty: { name: 'SAAS BANK', account_number: '12' },
  details,
  ...change,
});
const check = (...transactions: SandboxTransaction[]) =>
  checkTransactions(transactions, new Set(['b1/a1', 'b1/a2', 'b2/a1']));

describe('transactions of an import', () => {
  it('may have no counterparty, an unnamed one, a shared one; ids are those of an account', () => {
    const at = (id: string, bank: string) => transaction({ this_account: { id, bank } });
    expect(() => check(transaction(), at('a2', 'b1'), at('a1', 'b2'))).not.toThrow();
    expect(() =>
      check(
        transaction({ counterparty: null }),
        transaction({ id: 't2', counterparty: {} }),
        transaction({ id: 't3' }),
      ),
    ).not.toThrow();
  });

  it.each<[string, Partial<SandboxTransaction>, string]>([
    ['no id', { id: '' }, 'transactions[1].id must be'],
    ['a taken id', { id: 't1' }, 'transactions[1].id is that of transactions[0] already.'],
    [
      'another account',
      { this_account: { id: 'a2', bank: 'b2' } },
      'transactions[1].this_account must name an account of the same import.',
    ],
    ['no account', { this_account: null }, 'transactions[1].this_account is missing.'],
    ['no details', { details: null }, 'transactions[1].details is missing.'],
    [
      'a posted date of no calendar',
      { details: { ...details, posted: '2012-02-30T00:00:00Z' } },
      'transactions[1].details.posted must be a date',
    ],
    [
      'no completed date',
      { details: { ...details, completed: '' } },
      'transactions[1].details.completed must be a date',
    ],
    [
      'a balance that is no number',
      { details: { ...details, new_balance: '' } },
      'transactions[1].details.new_balance must be a number.',
    ],
    [
      'a value that is no number',
      { details: { ...details, value: '1,5' } },
      'transactions[1].details.value must be a number.',
    ],
    [
      'a long description',
      { details: { ...details, description: 'x'.repeat(2001) } },
      'transactions[1].details.description must not be longer than 2000 characters.',
    ],
    ['NUL', { counterparty: { name: '\0' } }, 'transactions[1].counterparty.name must not contain the NUL character.'],
  ])('are refused with %s', (_what, change, fault) =>
    expect(() => check(transaction(), transaction({ id: 't2', ...change }))).toThrow(fault),
  );
});
