import type { EntityManager } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import {
  Failure,
  type SandboxAccount,
  type SandboxBank,
  type SandboxCrmEvent,
  type SandboxDataImport,
  type SandboxUser,
} from '@platform/messages';
import { v7 } from 'uuid';
import { forgetBadLogins } from '../identity/bad-logins.js';
import { refuse } from './import-fault.js';
import { importedRecords } from './imported-record.js';
import { banksOfEvents, insertRecords, takenEvents } from './imported-record.sql.js';
import {
  insertAccountRows,
  insertIbanRows,
  insertNewBanks,
  insertNewUsers,
  takeLock,
  takenIbans,
} from './insert-import.sql.js';

/** An arbitrary fixed number. */
const importLock = 7_232_118;

/** What is needed to write an import besides its content. */
export interface ImportContext {
  /** The passwords' hashes, by user name. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly provider: string;
  readonly created_at: string;
}

/**
 * Writes a checked import. Imports wait for each other, because no unique index covers an IBAN at another bank. For
 * everything else the unique indexes decide, also against other writers.
 * @returns for each bank, the first place of the import's CRM events among the bank's events
 * @throws ObpFailure OBP-34000, OBP-50005 for a user name, OBP-30115, or OBP-10001 for a CRM event, naming the place
 */
export async function insertImport(
  em: EntityManager,
  data: SandboxDataImport,
  context: ImportContext,
): Promise<Map<string, number>> {
  await em.execute(takeLock, [importLock]);
  await insertBanks(em, data.banks, context);
  const user_ids = await insertUsers(em, data.users, context);
  await refuseTakenIbans(em, data.accounts);
  await insertAccounts(em, data.accounts, user_ids, context);
  const first = await checkNewEvents(em, data.crm_events);
  const records = importedRecords(data).map(({ place, ...record }) => ({
    ...record,
    place: place + (record.kind === 'crm_event' ? (first.get(record.bank_id) ?? 0) : 0),
  }));
  await insertRecords(em, records, context.created_at);
  return first;
}

/**
 * CRM events may also belong to a bank that exists already: it must exist, and must not have events with these ids.
 * @returns by bank, the place after its last event
 */
async function checkNewEvents(em: EntityManager, events: readonly SandboxCrmEvent[]): Promise<Map<string, number>> {
  const wanted = events.map(({ bank_id, id }) => ({ bank_id, id }));
  const banks = await banksOfEvents(em, wanted);
  const taken = await takenEvents(em, wanted);
  const next = new Map(banks.map((bank) => [bank.bank_id, bank.next]));
  const there = new Set(taken.map(({ bank_id, record_id }) => `${bank_id}/${record_id}`));
  events.forEach(({ bank_id, id }, index) => {
    if (!next.has(bank_id)) refuse(`crm_events[${index}].bank_id`, 'must name a bank.');
    if (there.has(`${bank_id}/${id}`)) refuse(`crm_events[${index}].id`, 'is that of an event of the bank already.');
  });
  return new Map(events.map(({ bank_id }) => [bank_id, next.get(bank_id) ?? 0]));
}

async function insertBanks(
  em: EntityManager,
  banks: readonly SandboxBank[],
  { created_at }: ImportContext,
): Promise<void> {
  const inserted = await insertNewBanks(em, banks, created_at);
  const kept = new Set(inserted.map(({ bank_id }) => bank_id));
  const taken = banks.findIndex(({ id }) => !kept.has(id));
  if (taken >= 0) fail(Failure.FAILURE_BANK_ID_EXISTS, ` (banks[${taken}].id: ${banks[taken]?.id})`);
}

/** @returns ids by user name */
async function insertUsers(
  em: EntityManager,
  users: readonly SandboxUser[],
  { hashes, provider, created_at }: ImportContext,
): Promise<Map<string, string>> {
  const rows = users.map(({ email, user_name }) => ({
    user_id: v7(),
    username: user_name,
    email,
    password_hash: hashes.get(user_name),
  }));
  const inserted = await insertNewUsers(em, rows, provider, created_at);
  const user_ids = new Map(inserted.map(({ user_id, username }) => [username, user_id]));
  const taken = users.findIndex(({ user_name }) => !user_ids.has(user_name));
  if (taken >= 0)
    fail(
      Failure.FAILURE_USERNAME_TAKEN,
      ` The username is taken (users[${taken}].user_name: ${users[taken]?.user_name}).`,
    );
  // Failed logins under these names before must not count against the new users.
  for (const username of user_ids.keys()) await forgetBadLogins(em, { provider, username });
  return user_ids;
}

async function refuseTakenIbans(em: EntityManager, accounts: readonly SandboxAccount[]): Promise<void> {
  const ibans = accounts.filter(({ IBAN }) => IBAN !== '').map(({ IBAN }) => ({ address: IBAN }));
  const found = await takenIbans(em, ibans);
  const taken = new Set(found.map(({ address }) => address));
  const index = accounts.findIndex(({ IBAN }) => taken.has(IBAN));
  const account = accounts[index];
  if (account !== undefined)
    fail(Failure.FAILURE_ACCOUNT_ROUTING_EXISTS, ` (accounts[${index}].IBAN, scheme: IBAN, address: ${account.IBAN})`);
}

/** The first owner holds the account; the others are kept only in its record. */
async function insertAccounts(
  em: EntityManager,
  accounts: readonly SandboxAccount[],
  user_ids: ReadonlyMap<string, string>,
  { created_at }: ImportContext,
): Promise<void> {
  const rows = accounts.map(({ bank, id, number, label, type, balance, IBAN, owners: [holder = ''] }) => ({
    bank_id: bank,
    account_id: id,
    account_number: number,
    user_id: user_ids.get(holder),
    holder,
    label,
    product_code: type,
    currency: balance?.currency,
    balance: balance?.amount,
    address: IBAN,
  }));
  const given = JSON.stringify(rows);
  await em.execute(insertAccountRows, [created_at, given]);
  await em.execute(insertIbanRows, [given]);
}
