import type { EntityManager } from '@mikro-orm/postgresql';

/** A webhook's key. */
export interface WebhookKey {
  readonly bank_id: string;
  readonly webhook_id: string;
}

/** Disables webhooks that still have to deal with events older than so many days. @returns their keys */
export function disableLateWebhooks(em: EntityManager, days: number): Promise<WebhookKey[]> {
  return em.execute<WebhookKey[]>(
    `
    update webhook set is_enabled = false, last_error = 'disabled: nothing was accepted for too long'
    where is_enabled and exists (
      select from event
      where event.bank_id = webhook.bank_id and event.position > webhook.position
        and (cardinality(webhook.kinds) = 0 or event.kind = any(webhook.kinds))
        and event.recorded_at < now() - ? * interval '1 day')
    returning bank_id, webhook_id`,
    [days],
  );
}

/** Deletes dead letters that nobody wanted to have sent again for so many days. */
export async function deleteOldDeadLetters(em: EntityManager, days: number): Promise<void> {
  await em.execute(`delete from delivery where is_dead and available_at < now() - ? * interval '1 day'`, [days]);
}

/** Deletes events older than so many days that no sink needs any more. @returns their number */
export async function deleteOldEvents(
  em: EntityManager,
  { days, publishes, limit }: { days: number; publishes: boolean; limit: number },
): Promise<number> {
  const deleted = await em.execute<unknown[]>(
    `
    delete from event
    using (
      select bank_id, position from event
      where recorded_at < now() - ? * interval '1 day'
        ${publishes ? `and position <= (select position from progress where name = 'nats')` : ''}
        and not exists (
          select from delivery where delivery.bank_id = event.bank_id and delivery.position = event.position)
      order by position limit ?) as old
    where event.bank_id = old.bank_id and event.position = old.position
    returning 1`,
    [days, limit],
  );
  return deleted.length;
}
