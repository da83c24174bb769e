import type { SandboxDataImport } from '@platform/messages';
import { accountKey, checkAccounts } from './import-account.js';
import { checkBanks } from './import-bank.js';
import { checkCrmEvents } from './import-crm-event.js';
import { refuse } from './import-fault.js';
import { checkProducts } from './import-product.js';
import { checkSites } from './import-site.js';
import { checkTransactions } from './import-transaction.js';
import { checkUsers } from './import-user.js';

/** The limits of one import. A password costs 30 ms of a core, each bank with events a task, and each event a call. */
const most: Readonly<Partial<Record<keyof SandboxDataImport, number>>> = { banks: 100, users: 100, crm_events: 1_000 };
const maxItems = 10_000;

/**
 * The import, if its parts are consistent. The database is not checked here: CRM events may refer to a bank that
 * already exists.
 * @throws ObpFailure OBP-10001, OBP-10003 or OBP-30207 naming the place
 */
export function checkedImport(data: SandboxDataImport): SandboxDataImport {
  checkSizes(data);
  checkBanks(data.banks);
  checkUsers(data.users);
  const banks = new Set(data.banks.map(({ id }) => id));
  checkAccounts(data.accounts, banks, new Set(data.users.map(({ user_name }) => user_name)));
  checkTransactions(data.transactions, new Set(data.accounts.map(({ bank, id }) => accountKey(bank, id))));
  checkSites('branches', data.branches, banks);
  checkSites('atms', data.atms, banks);
  checkProducts(data.products, banks);
  checkCrmEvents(data.crm_events);
  return data;
}

function checkSizes(data: SandboxDataImport): void {
  let items = 0;
  for (const [list, { length }] of Object.entries(data) as [keyof SandboxDataImport, readonly unknown[]][]) {
    const limit = most[list] ?? maxItems;
    if (length > limit) refuse(list, `must not have more than ${limit} items.`);
    items += length;
  }
  if (items > maxItems) refuse('The import', `must not have more than ${maxItems} items.`);
}
