import { fail } from '@platform/failure';
import { Failure, type SandboxAccount } from '@platform/messages';
import { isCurrency } from '../account/currency.js';
import { isAmount } from './import-amount.js';
import { checkItem, checkKnown, checkNewId, checkUnique, refuse, required } from './import-fault.js';

/** An account's key within an import: ids contain no slash. */
export const accountKey = (bank_id: string, account_id: string): string => `${bank_id}/${account_id}`;

/**
 * Checks the accounts of an import. Their balance need not be 0; an empty IBAN means no IBAN.
 * @throws ObpFailure OBP-10001, or OBP-10003 for a currency, naming the place
 */
export function checkAccounts(
  accounts: readonly SandboxAccount[],
  banks: ReadonlySet<string>,
  users: ReadonlySet<string>,
): void {
  accounts.forEach((account, index) => {
    const place = `accounts[${index}]`;
    const balance = required(`${place}.balance`, account.balance);
    checkItem(place, account);
    checkKnown(`${place}.bank`, account.bank, banks, 'a bank');
    checkNewId(`${place}.id`, account.id);
    if (account.number === '') refuse(`${place}.number`, 'must not be empty.');
    if (account.owners.length === 0) refuse(`${place}.owners`, 'must not be empty.');
    account.owners.forEach((name, owner) => checkKnown(`${place}.owners[${owner}]`, name, users, 'a user'));
    if (!isAmount(balance.amount)) refuse(`${place}.balance.amount`, 'must be a number.');
    if (!isCurrency(balance.currency)) fail(Failure.FAILURE_INVALID_CURRENCY, `(${place}.balance.currency)`);
  });
  checkUnique('accounts', accounts, 'id', ({ bank, id }) => accountKey(bank, id));
  checkUnique('accounts', accounts, 'number', ({ bank, number }) => `${bank}/${number}`);
  checkUnique('accounts', accounts, 'IBAN', ({ IBAN }) => (IBAN === '' ? undefined : IBAN));
}
