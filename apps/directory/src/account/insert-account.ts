import { randomInt } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { type AccountRouting, Failure } from '@platform/messages';
import type { ConstraintFailures } from '@platform/persistence';
import {
  accountExists,
  type AccountKey,
  insertFreeRoutings,
  insertUnlessTaken,
  type NewAccount,
} from './account.sql.js';

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

/** Inserts the account with a newly generated number. */
export async function insertAccount(em: EntityManager, account: NewAccount, nextNumber: () => string): Promise<void> {
  for (let attempt = 1; attempt <= generatedNumbers; attempt += 1) {
    if (await insertUnlessTaken(em, account, nextNumber(), '(bank_id, account_number)')) return;
  }
  throw new Error(`${generatedNumbers} generated account numbers were taken`);
}

/** Inserts the account unless it already exists. */
export async function ensureAccount(em: EntityManager, account: NewAccount, nextNumber: () => string): Promise<void> {
  for (let attempt = 1; attempt <= generatedNumbers; attempt += 1) {
    if (await insertUnlessTaken(em, account, nextNumber(), '')) return;
    if (await accountExists(em, account)) return;
  }
  throw new Error(`${generatedNumbers} generated account numbers were taken`);
}

/**
 * Inserts the routings of an account that has none.
 * @throws ObpFailure OBP-30115 naming the first that is taken
 */
export async function insertRoutings(
  em: EntityManager,
  key: AccountKey,
  routings: readonly AccountRouting[],
): Promise<void> {
  if (routings.length === 0) return;
  const kept = new Set(await insertFreeRoutings(em, key, routings));
  const taken = routings.find((_routing, place) => !kept.has(place));
  if (taken !== undefined)
    fail(
      Failure.FAILURE_ACCOUNT_ROUTING_EXISTS,
      ` (bankId: ${key.bank_id}, scheme: ${taken.scheme}, address: ${taken.address})`,
    );
}
