import type { EntityManager } from '@mikro-orm/postgresql';
import type { Query } from '@platform/persistence';

const waiting = (isDead: boolean) => `(
  select count(*)::int from delivery
  where delivery.bank_id = webhook.bank_id and delivery.webhook_id = webhook.webhook_id
    and ${isDead ? '' : 'not '}delivery.is_dead)`;

/** A bank's webhooks, with what waits for each; only one of them if it is named. */
export function webhooksOfBank(bank_id: string, webhook_id: string | null = null): Query {
  return {
    name: 'webhooks_of_bank',
    text: `
      select bank_id, webhook_id, url, kinds, is_enabled, position, last_error,
        ${waiting(false)} as waiting, ${waiting(true)} as dead_letters
      from webhook where bank_id = $1 and ($2::text is null or webhook_id = $2) order by webhook_id`,
    values: [bank_id, webhook_id],
  };
}

/** The dead letters of a webhook, the oldest first. */
export function deadLettersOf(bank_id: string, webhook_id: string, limit: number): Query {
  return {
    name: 'dead_letters_of',
    text: `
      select event.*, delivery.attempts, delivery.last_error
      from delivery join event on event.bank_id = delivery.bank_id and event.position = delivery.position
      where delivery.bank_id = $1 and delivery.webhook_id = $2 and delivery.is_dead
      order by delivery.position limit $3`,
    values: [bank_id, webhook_id, limit],
  };
}

/** What a deliverer must know of a webhook. */
export interface Receiver {
  readonly bank_id: string;
  readonly webhook_id: string;
  readonly url: string;
  readonly kinds: readonly string[];
  /** Sealed; the one before also signs if it is still there. */
  readonly secret: string;
  readonly former_secret: string | null;
  readonly position: number;
}

/** The enabled webhooks of all banks. */
export const receivers: Query = {
  name: 'receivers',
  text: `
    select bank_id, webhook_id, url, kinds, secret, position,
      case when former_until > now() then former_secret end as former_secret
    from webhook where is_enabled`,
  values: [],
};

/** Webhooks of a bank; locked, so that two creations cannot both be the last that is allowed. */
export async function countWebhooks(em: EntityManager, bank_id: string): Promise<number> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`webhook/${bank_id}`]);
  const [row] = await em.execute<{ count: number }[]>('select count(*)::int as count from webhook where bank_id = ?', [
    bank_id,
  ]);
  return row?.count ?? 0;
}

/** Lets the dead letters of a webhook be sent again. @returns their number */
export async function reviveDeadLetters(em: EntityManager, bank_id: string, webhook_id: string): Promise<number> {
  const revived = await em.execute<unknown[]>(
    `
    update delivery set is_dead = false, attempts = 0, tried_since = null, available_at = now()
    where bank_id = ? and webhook_id = ? and is_dead
    returning 1`,
    [bank_id, webhook_id],
  );
  return revived.length;
}

/** Deletes a webhook with all that waits for it. @returns whether it was there */
export async function deleteWebhook(em: EntityManager, bank_id: string, webhook_id: string): Promise<boolean> {
  await em.execute('delete from delivery where bank_id = ? and webhook_id = ?', [bank_id, webhook_id]);
  const deleted = await em.execute<unknown[]>('delete from webhook where bank_id = ? and webhook_id = ? returning 1', [
    bank_id,
    webhook_id,
  ]);
  return deleted.length > 0;
}

/** The sealed secrets of all webhooks. */
export const sealedSecrets: Query = {
  name: 'sealed_secrets',
  text: 'select bank_id, webhook_id, secret, former_secret from webhook',
  values: [],
};

export interface SealedSecrets {
  readonly bank_id: string;
  readonly webhook_id: string;
  readonly secret: string;
  readonly former_secret: string | null;
}

/** Stores a webhook's secrets, sealed anew, unless they have changed. */
export async function replaceSecrets(
  em: EntityManager,
  before: SealedSecrets,
  { secret, former_secret }: Pick<SealedSecrets, 'secret' | 'former_secret'>,
): Promise<void> {
  await em.execute(
    'update webhook set secret = ?, former_secret = ? where bank_id = ? and webhook_id = ? and secret = ?',
    [secret, former_secret, before.bank_id, before.webhook_id, before.secret],
  );
}
