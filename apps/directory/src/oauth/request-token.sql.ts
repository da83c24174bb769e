import type { Statement } from '@platform/persistence';
import { knownColumns, knownJoins, type KnownLogin } from '../identity/log-in.sql.js';

export interface Application {
  consumer_id: string;
  consumer_secret: string;
  redirect_url: string;
}

/** $1 consumer key. */
export const applicationByKey: Statement = {
  name: 'oauth-application',
  text: `
    select consumer_id, consumer_secret, redirect_url
    from consumer
    where consumer_key = $1 and is_enabled`,
};

/** Some of them. Values: the current time. */
export const deleteExpiredRequestTokens = `
  delete from oauth_request_token where token in (
    select token from oauth_request_token where expires_at <= ? order by expires_at limit 10 for update skip locked)`;

export const insertRequestToken = `
  insert into oauth_request_token (token, token_secret, consumer_id, callback, created_at, expires_at)
  values (?, ?, ?, ?, ?, ?)`;

/** A request that no user has authorized yet. $1 token, $2 the current time. */
export const openRequest: Statement = {
  name: 'oauth-request',
  text: `
    select c.app_name, r.callback from oauth_request_token r join consumer c on c.consumer_id = r.consumer_id and c.is_enabled
    where r.token = $1 and r.expires_at > $2 and r.user_id is null`,
};

/** What is known of an authorization before the password is checked. */
export interface KnownAuthorization extends KnownLogin {
  callback: string | null;
}

/** Always one row. $1 username, $2 provider of local users, $3 token, $4 the current time. */
export const knownAuthorization: Statement = {
  name: 'oauth-log-in',
  text: `
    select c.consumer_id, case when c.is_enabled then r.callback end as callback, ${knownColumns}
    from (values ($1::text)) as given (username)
    left join oauth_request_token r on r.token = $3 and r.expires_at > $4 and r.user_id is null
    left join consumer c on c.consumer_id = r.consumer_id
    ${knownJoins}`,
};

/** Returns a row if the token was open. Values: user, verifier, token, the current time. */
export const authorizeRequestToken = `
  update oauth_request_token
  set user_id = ?, verifier = ?
  where token = ? and user_id is null and expires_at > ?
  returning token`;
