import { randomInt } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { type AccountRouting, Failure } from '@platform/messages';
import type { ConstraintFailures } from '@platform/persistence';

/** An account to be created. It begins with a balance of 0. */
export interface NewAccount {
  readonly bank_id: string;
  readonly account_id: string;
  /** Empty: an account that the platform created itself. */
  readonly user_id: string;
  /** The holder's name. */
  readonly holder: string;
  readonly label: string;
  readonly product_code: string;
  readonly branch_id: string;
  readonly currency: string;
  readonly created_at: string;
}

/** The failures for violations of the table's keys. */
export function accountConflicts(bank_id: string): ConstraintFailures {
  return {
    account_pkey: () => fail(Failure.FAILURE_ACCOUNT_ID_EXISTS),
    account_bank_fkey: () => fail(Failure.FAILURE_BANK_NOT_FOUND, ` Current BankId is ${bank_id}`),
  };
}

/** If a number is taken the next one is tried: once in a thousand times at a bank of ten million accounts. */
const generatedNumbers = 10;

/** An account number of ten digits. */
export function randomNumber(): string {
  return String(randomInt(1_000_000_000, 10_000_000_000));
}

/** @param arbiter the conflict that is no error: only of the number, or (empty) also of the account itself */
async function insertOnce(
  em: EntityManager,
  account: NewAccount,
  account_number: string,
  arbiter: '(bank_id, account_number)' | '',
): Promise<boolean> {
  const { bank_id, account_id, user_id, holder, label, product_code, branch_id, currency, created_at } = account;
  const inserted: unknown[] = await em.execute(
    `insert into account (bank_id, account_id, account_number, user_id, holder, label, product_code, branch_id, currency, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict ${arbiter} do nothing returning 1`,
    [bank_id, account_id, account_number, user_id, holder, label, product_code, branch_id, currency, created_at],
  );
  return inserted.length > 0;
}

/** Inserts the account with a newly generated number. */
export async function insertAccount(em: EntityManager, account: NewAccount, nextNumber: () => string): Promise<void> {
  for (let attempt = 1; attempt <= generatedNumbers; attempt += 1) {
    if (await insertOnce(em, account, nextNumber(), '(bank_id, account_number)')) return;
  }
  throw new Error(`${generatedNumbers} generated account numbers were taken`);
}

/** Inserts the account unless it already exists. */
export async function ensureAccount(em: EntityManager, account: NewAccount, nextNumber: () => string): Promise<void> {
  const { bank_id, account_id } = account;
  for (let attempt = 1; attempt <= generatedNumbers; attempt += 1) {
    if (await insertOnce(em, account, nextNumber(), '')) return;
    const there: unknown[] = await em.execute('select 1 from account where bank_id = ? and account_id = ?', [
      bank_id,
      account_id,
    ]);
    if (there.length > 0) return;
  }
  throw new Error(`${generatedNumbers} generated account numbers were taken`);
}

/**
 * Inserts the routings of an account that has none. They are always inserted in the order of scheme and address: if two
 * accounts want the same routings, one waits for the other, and they cannot deadlock.
 * @throws ObpFailure OBP-30115 naming the first that is taken
 */
export async function insertRoutings(
  em: EntityManager,
  { bank_id, account_id }: Pick<NewAccount, 'bank_id' | 'account_id'>,
  routings: readonly AccountRouting[],
): Promise<void> {
  if (routings.length === 0) return;
  const places = JSON.stringify(routings.map(({ scheme, address }, place) => ({ scheme, address, place })));
  const inserted: { place: number }[] = await em.execute(
    `insert into account_routing (bank_id, account_id, scheme, address, place)
     select ?, ?, scheme, address, place from json_to_recordset(?::json) as given (scheme text, address text, place integer)
     order by scheme collate "C", address collate "C"
     on conflict (bank_id, scheme, address) do nothing returning place`,
    [bank_id, account_id, places],
  );
  const kept = new Set(inserted.map(({ place }) => place));
  const taken = routings.find((_routing, place) => !kept.has(place));
  if (taken !== undefined)
    fail(
      Failure.FAILURE_ACCOUNT_ROUTING_EXISTS,
      ` (bankId: ${bank_id}, scheme: ${taken.scheme}, address: ${taken.address})`,
    );
}
