import { randomUUID } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import { codeOf, command, type ConstraintFailures, isPassing } from '@platform/persistence';
import { ConfigurationError } from '@platform/runtime';
import { v7 } from 'uuid';
import {
  deleteAccessTokens,
  deleteBadLogins,
  deleteTokens,
  demoteOtherAdmins,
  localPasswordHash,
  putAdmin,
  putConsumer,
} from './first-login.sql.js';
import type { Parts } from './parts.js';

type Needed = Pick<Parts, 'orm' | 'reader' | 'passwords' | 'config'>;

/**
 * Creates the configured admin and application, or updates them. A changed password or key replaces the old one and
 * ends its tokens; a changed key also enables an application that was disabled. Replicas that start together get the
 * same result, because unique indexes decide.
 * @throws ConfigurationError when the key belongs to another application
 * @throws ObpFailure for temporary failures
 */
export async function ensureFirstLogin(parts: Needed): Promise<void> {
  try {
    await unlessTaken(() => ensureAdmin(parts));
    await unlessTaken(() => ensureConsumer(parts.orm, parts.config));
  } catch (error) {
    if (error instanceof ConfigurationError || isPassing(error)) throw error;
    throw new Error(`the first admin and application cannot be prepared: ${reasonOf(error)}`);
  }
}

/**
 * An upsert names one index. If replicas start together, another index may report the row that another replica has just
 * inserted. By then that row is committed, and the second attempt updates it.
 */
function unlessTaken(write: () => Promise<void>): Promise<void> {
  return write().catch((error: unknown) => {
    if (error instanceof ConfigurationError || codeOf(error) === uniqueViolation) return write();
    throw error;
  });
}

const uniqueViolation = '23505';

/** A driver's message begins with the statement and its values (key, password hash): only its end is logged. */
function reasonOf(error: unknown): string {
  const words = (error instanceof Error ? error.message : '').split(' - ').at(-1) ?? '';
  return `${words} (${codeOf(error) ?? 'no SQLSTATE'})`;
}

async function ensureAdmin({ orm, reader, passwords, config }: Needed): Promise<void> {
  const { admin_username: username, admin_password: password, provider } = config;
  const [known] = await reader.rows<{ password_hash: string }>({
    text: localPasswordHash,
    values: [username],
  });
  const unchanged = known !== undefined && (await passwords.verify(known.password_hash, password));
  const password_hash = unchanged ? known.password_hash : await passwords.hash(password);
  await command(orm, {}, async (em) => {
    const [admin] = await em.execute<{ user_id: string }[]>(
      putAdmin,
      // Version 7: users created in the same second are listed by id, so in the order of creation.
      [v7(), provider, username, username, password_hash],
    );
    const { user_id } = admin as { user_id: string };
    // An admin that is no longer configured becomes an ordinary user.
    await em.execute(demoteOtherAdmins, [user_id]);
    if (unchanged || known === undefined) return;
    await em.execute(deleteTokens, [user_id]);
    await em.execute(deleteAccessTokens, [user_id]);
    await em.execute(deleteBadLogins, [user_id, username]);
  });
}

const consumerConflicts: ConstraintFailures = {
  consumer_key_key: () => {
    throw new ConfigurationError(['CONSUMER_KEY is the key of another application already']);
  },
};

async function ensureConsumer(orm: MikroORM, { consumer_key, consumer_secret }: Parts['config']): Promise<void> {
  await command(orm, consumerConflicts, async (em) => {
    await em.execute(putConsumer, [randomUUID(), consumer_key, consumer_secret]);
  });
}
