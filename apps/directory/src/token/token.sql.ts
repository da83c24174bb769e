import type { EntityManager } from '@mikro-orm/postgresql';
import { hasRow, type Statement } from '@platform/persistence';

export type TokenTable = 'token' | 'oauth_access_token';

const columns = 'token_id, user_id, consumer_id, created_at, last_used_at, expires_at';

/**
 * $1 user, $2 now, $3 the time since when a token must have been used, $4 minutes of idleness or 0, $5 and $6 the time
 * and id after which the page starts, $7 rows.
 */
export const tokensOfUser: Statement = {
  name: 'tokens-of-user',
  text: `
    select t.token_id, t.type, c.consumer_id, c.app_name, t.created_at as created, t.last_used_at as last_used,
      least(t.expires_at, case when $4 > 0 then t.last_used_at + $4 * interval '1 minute' end) as expires
    from (
      select 'DirectLogin' as type, ${columns} from token
      union all
      select 'OAuth1.0a', ${columns} from oauth_access_token) t
    join consumer c on c.consumer_id = t.consumer_id
    where t.user_id = $1 and t.expires_at > $2 and t.last_used_at > $3 and (t.created_at, t.token_id) < ($5::timestamptz, $6)
    order by t.created_at desc, t.token_id desc limit $7`,
};

/** Deletes a user's token of either kind. @returns whether there was such a token */
export async function deleteTokenOfUser(em: EntityManager, token_id: string, user_id: string): Promise<boolean> {
  return hasRow(
    em,
    `with direct as (delete from token where token_id = ? and user_id = ? returning token_id),
       signed as (delete from oauth_access_token where token_id = ? and user_id = ? returning token_id)
     select token_id from direct union all select token_id from signed`,
    [token_id, user_id, token_id, user_id],
  );
}

/**
 * Values: the time, a JSON list of tokens, and the time since when a token must not have been used. Rows locked by
 * another replica are skipped: it writes the same time.
 */
export const setLastUse = (table: TokenTable): string => `
  update ${table} set last_used_at = ? where token_id in (
    select token_id from ${table} where token_id in (select json_array_elements_text(?::json)) and last_used_at <= ? for no key update skip locked)`;
