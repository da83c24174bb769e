import { readDateTime } from '@platform/input';
import type { SandboxTransaction } from '@platform/messages';
import { accountKey } from './import-account.js';
import { isAmount } from './import-amount.js';
import { checkItem, checkKnown, checkNewId, checkUnique, noDate, refuse, required } from './import-fault.js';

const limits = { description: 2000 };

/** A transaction's key within its bank. */
export const transactionKey = ({ id, this_account }: SandboxTransaction): string => `${this_account?.id ?? ''}/${id}`;

/**
 * Checks the transactions of an import. The counterparty, its name and its number are optional.
 * @param accounts the keys of the import's accounts
 * @throws ObpFailure OBP-10001 naming the place
 */
export function checkTransactions(transactions: readonly SandboxTransaction[], accounts: ReadonlySet<string>): void {
  transactions.forEach((transaction, index) => {
    const place = `transactions[${index}]`;
    const account = required(`${place}.this_account`, transaction.this_account);
    const details = required(`${place}.details`, transaction.details);
    checkItem(place, transaction, limits);
    checkNewId(`${place}.id`, transaction.id);
    checkKnown(`${place}.this_account`, accountKey(account.bank, account.id), accounts, 'an account');
    for (const name of ['posted', 'completed'] as const)
      if (readDateTime(details[name]) === undefined) refuse(`${place}.details.${name}`, noDate);
    for (const name of ['new_balance', 'value'] as const)
      if (!isAmount(details[name])) refuse(`${place}.details.${name}`, 'must be a number.');
  });
  checkUnique(
    'transactions',
    transactions,
    'id',
    (transaction) => `${transaction.this_account?.bank ?? ''}/${transactionKey(transaction)}`,
  );
}
