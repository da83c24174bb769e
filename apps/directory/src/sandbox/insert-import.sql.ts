import type { EntityManager } from '@mikro-orm/postgresql';
import type { SandboxBank } from '@platform/messages';

/** Waits until no other transaction has the lock. Values: its number. */
export const takeLock = 'select pg_advisory_xact_lock(?)';

/** Inserts the banks whose ids are free, and returns those. */
export function insertNewBanks(
  em: EntityManager,
  banks: readonly SandboxBank[],
  created_at: string,
): Promise<{ bank_id: string }[]> {
  return em.execute(
    `insert into bank (bank_id, bank_code, full_name, logo, website, routings, attributes, created_at)
     select id, short_name, full_name, logo, website, '[]', '[]', ?::timestamptz
     from json_to_recordset(?::json) as given (id text, short_name text, full_name text, logo text, website text) order by id
     on conflict (bank_id) do nothing returning bank_id`,
    [created_at, JSON.stringify(banks)],
  );
}

/** A user who logs in with a password. */
export interface NewUser {
  readonly user_id: string;
  readonly username: string;
  readonly email: string;
  readonly password_hash: string | undefined;
}

/** Inserts the users whose names are free, and returns those. */
export function insertNewUsers(
  em: EntityManager,
  users: readonly NewUser[],
  provider: string,
  created_at: string,
): Promise<{ user_id: string; username: string }[]> {
  return em.execute(
    `insert into app_user (user_id, provider, provider_id, username, email, first_name, last_name, password_hash, is_validated, created_at)
     select user_id, ?, username, username, email, '', '', password_hash, true, ?::timestamptz
     from json_to_recordset(?::json) as given (user_id text, username text, email text, password_hash text) order by username
     on conflict do nothing returning user_id, username`,
    [provider, created_at, JSON.stringify(users)],
  );
}

/** Those of the IBANs that an account at any bank has already. */
export function takenIbans(em: EntityManager, ibans: readonly { address: string }[]): Promise<{ address: string }[]> {
  return em.execute(
    `select r.address from json_to_recordset(?::json) as given (address text)
     join account_routing r on r.scheme = 'IBAN' and r.address = given.address`,
    [JSON.stringify(ibans)],
  );
}

/** Values: the current time, accounts as JSON. */
export const insertAccountRows = `
  insert into account (bank_id, account_id, account_number, user_id, holder, label, product_code, branch_id, currency, balance, created_at)
  select bank_id, account_id, account_number, user_id, holder, label, product_code, '', currency, balance::numeric, ?::timestamptz
  from json_to_recordset(?::json) as given (
    bank_id text, account_id text, account_number text, user_id text, holder text, label text, product_code text, currency text, balance text)`;

/** The IBANs of those accounts that have one. Values: accounts as JSON. */
export const insertIbanRows = `
  insert into account_routing (bank_id, scheme, address, account_id, place)
  select bank_id, 'IBAN', address, account_id, 0 from json_to_recordset(?::json) as given (bank_id text, account_id text, address text)
  where address <> ''`;
