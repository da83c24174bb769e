import type { EntityManager } from '@mikro-orm/postgresql';
import type { Statement } from '@platform/persistence';
import { callerColumns, callerJoins } from './identity.sql.js';

/** Finds an application by its own id, by its name at the issuer, or by a key that is the token's audience. */
const applicationOf = (id: string, issuer: string, client: string, key: string) => `coalesce(
  (select consumer_id from consumer where consumer_id = ${id}),
  (select consumer_id from consumer where oidc_issuer = ${issuer} and oidc_client = ${client}),
  (select consumer_id from consumer where consumer_key = ${key}))`;

/** $1 provider, $2 the user's id at the provider, $3 the application's id, $4 its name at the issuer, $5 its key. */
export const externalCaller: Statement = {
  name: 'resolve-external-user',
  text: `
    select ${callerColumns}
    from app_user u
    join consumer c on c.consumer_id = ${applicationOf('$3', '$1', '$4', '$5')}
    ${callerJoins}
    where u.provider = $1 and u.provider_id = $2`,
};

export async function externalUser(
  em: EntityManager,
  provider: string,
  provider_id: string,
): Promise<{ user_id: string } | undefined> {
  const [found] = await em.execute<{ user_id: string }[]>(
    'select user_id from app_user where provider = ? and provider_id = ?',
    [provider, provider_id],
  );
  return found;
}

/** Returns a row unless the user exists. */
export const insertExternalUser = `
  insert into app_user (user_id, provider, provider_id, username, email, first_name, last_name, is_validated, created_at)
  values (?, ?, ?, ?, ?, '', '', true, ?)
  on conflict (provider, provider_id) do nothing
  returning user_id`;

/** Always one row. Values: id, issuer, name at the issuer, key. */
export const externalApplication = `select ${applicationOf('?', '?', '?', '?')} as consumer_id`;

/** Returns the id unless an application with the same name or key exists. */
export const insertExternalApplication = `
  insert into consumer (consumer_id, consumer_key, consumer_secret, app_name, app_type, description, developer_email, is_enabled, created_by_user_id, oidc_issuer, oidc_client, created_at)
  values (?, ?, ?, ?, 'Confidential', ?, ?, true, ?, ?, ?, ?)
  on conflict do nothing
  returning consumer_id`;
