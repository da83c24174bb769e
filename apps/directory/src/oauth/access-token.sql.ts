import type { EntityManager } from '@mikro-orm/postgresql';
import type { SignedRequest } from '@platform/messages';
import type { Statement } from '@platform/persistence';
import { callerColumns, callerJoins, type TokenOwner } from '../identity/identity.sql.js';
import type { Secrets } from './signature.js';

/** The application that signs, and the secrets of the application and the token. */
export interface Signer extends Secrets {
  readonly consumer_id: string;
}

/** $1 token, $2 the current time, $3 consumer key. */
export const requestTokenSigner: Statement = {
  name: 'oauth-request-token',
  text: `
    select c.consumer_id, c.consumer_secret, r.token_secret
    from oauth_request_token r join consumer c on c.consumer_id = r.consumer_id and c.is_enabled
    where r.token = $1 and r.expires_at > $2 and c.consumer_key = $3`,
};

/** Deletes an authorized request token. Returns the id of the user who authorized it; undefined when there is none. */
export async function claimRequestToken(
  em: EntityManager,
  { token, verifier }: SignedRequest,
  now: string,
): Promise<string | undefined> {
  const [claimed] = await em.execute<{ user_id: string }[]>(
    `
      delete from oauth_request_token
      where token = ? and verifier = ? and expires_at > ?
      returning user_id`,
    [token, verifier, now],
  );
  return claimed?.user_id;
}

/** Values: user, the current time, the time since when a token must have been used. */
export const deleteEndedTokens =
  'delete from oauth_access_token where user_id = ? and (expires_at <= ? or last_used_at <= ?)';

export const insertAccessToken = `
  insert into oauth_access_token (token, token_secret, token_id, user_id, consumer_id, created_at, last_used_at, expires_at)
  values (?, ?, ?, ?, ?, ?, ?, ?)`;

export type AccessTokenOwner = TokenOwner & Secrets;

/** $1 token, $2 the current time, $3 consumer key, $4 the time since when the token must have been used. */
export const accessTokenOwner: Statement = {
  name: 'oauth-access-token',
  text: `
    select c.consumer_secret, t.token_secret, t.token_id, t.last_used_at, ${callerColumns}
    from oauth_access_token t
    join app_user u on u.user_id = t.user_id
    join consumer c on c.consumer_id = t.consumer_id
    ${callerJoins}
    where t.token = $1 and t.expires_at > $2 and t.last_used_at > $4 and c.consumer_key = $3`,
};
