import type { EntityManager } from '@mikro-orm/postgresql';
import type { Statement } from '@platform/persistence';

/** Newest first. $1 application. */
export const scopesOfConsumer: Statement = {
  name: 'scopes-of-consumer',
  text: `
    select scope_id, role_name, bank_id
    from scope
    where consumer_id = $1
    order by created_at desc, scope_id desc`,
};

/** $1 application. */
export const knownConsumer: Statement = {
  name: 'consumer-exists',
  text: 'select from consumer where consumer_id = $1',
};

/** @returns what the application held; undefined: there is no such scope, also if another call has deleted it meanwhile */
export async function deleteScope(
  em: EntityManager,
  consumer_id: string,
  scope_id: string,
): Promise<{ role_name: string; bank_id: string } | undefined> {
  const deleted: { role_name: string; bank_id: string }[] = await em.execute(
    'delete from scope where consumer_id = ? and scope_id = ? returning role_name, bank_id',
    [consumer_id, scope_id],
  );
  return deleted[0];
}
