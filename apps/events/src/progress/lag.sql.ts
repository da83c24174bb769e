import type { Query } from '@platform/persistence';

/** How long the oldest event has waited for each kind of sink, and what waits. */
export interface Lag {
  readonly nats_seconds: number;
  readonly webhooks_seconds: number;
  readonly dead_letters: number;
}

const age = (since: string) => `coalesce(extract(epoch from now() - ${since}), 0)::float8`;

export const lagOfSinks: Query = {
  name: 'lag_of_sinks',
  text: `
    select
      ${age(`(
        select recorded_at from event
        where position > (select position from progress where name = 'nats') order by position limit 1)`)} as nats_seconds,
      ${age(`least(
        (select min(first.recorded_at) from webhook cross join lateral (
          select recorded_at from event
          where event.bank_id = webhook.bank_id and event.position > webhook.position
            and (cardinality(webhook.kinds) = 0 or event.kind = any(webhook.kinds))
          order by event.position limit 1) as first
          where webhook.is_enabled),
        (select min(tried_since) from delivery where not is_dead))`)} as webhooks_seconds,
      (select count(*)::int from delivery where is_dead) as dead_letters`,
  values: [],
};
