import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { type Platform, unique } from './platform.js';

/**
 * Logged-in users that are created directly in the database: many at a time, and with entitlements that the API cannot
 * grant.
 */
export interface People {
  /** @param roles "CanX" held at no bank, "CanX@bank" at that bank, for either kind of role; @returns a token */
  add(roles: readonly string[]): Promise<string>;
  /** The same, also with the user's id. */
  make(roles: readonly string[]): Promise<Someone>;
  close(): Promise<void>;
}

export interface Someone {
  readonly user_id: string;
  readonly token: string;
}

export async function openPeople({ databases }: Platform): Promise<People> {
  const client = new Client({ connectionString: databases?.['DIRECTORY_DATABASE_URL'] });
  await client.connect();
  const { rows } = await client.query<{ consumer_id: string }>('select consumer_id from consumer limit 1');
  const consumer_id = rows[0]?.consumer_id;
  const make = async (roles: readonly string[]): Promise<Someone> => {
    const name = `person.${unique()}`;
    const token = `token-${unique()}${unique()}`;
    await client.query(
      `insert into app_user (user_id, provider, provider_id, username, email, first_name, last_name, is_validated, created_at) values ($1, 'test', $1, $1, 'a@example.com', 'A', 'B', true, now())`,
      [name],
    );
    await client.query(
      `insert into token (token_hash, user_id, consumer_id, created_at, expires_at) values ($1, $2, $3, now(), now() + interval '1 hour')`,
      [createHash('sha256').update(token).digest(), name, consumer_id],
    );
    for (const role of roles) {
      const [role_name = '', bank_id = ''] = role.split('@');
      await client.query(
        `insert into entitlement (entitlement_id, user_id, role_name, bank_id, created_by_process, created_at) values ($1, $2, $3, $4, 'test', now())`,
        [unique(), name, role_name, bank_id],
      );
    }
    return { user_id: name, token };
  };
  return {
    make,
    add: async (roles) => (await make(roles)).token,
    close: () => client.end(),
  };
}
