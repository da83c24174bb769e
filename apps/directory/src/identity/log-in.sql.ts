import type { Statement } from '@platform/persistence';

/** A user before the password is checked. If there is none, all but the provider are null, 0 or false. */
export interface KnownUser {
  /** Locked by the API, or by wrong passwords. */
  is_locked: boolean;
  user_id: string | null;
  provider: string;
  password_hash: string | null;
  is_validated: boolean | null;
}

/** The columns of a KnownUser; needs `knownJoins` and a row `given (username)`. $2 is the provider of local users. */
export const knownColumns = `
  l.user_id is not null or coalesce(b.locked_until > now(), false) as is_locked, u.user_id, coalesce(u.provider, $2) as provider, u.password_hash, u.is_validated`;

export const knownJoins = `
  left join app_user u on u.username = given.username and u.password_hash is not null and not u.is_deleted
  left join bad_login b on b.provider = coalesce(u.provider, $2) and b.username = given.username
  left join user_lock l on l.user_id = u.user_id`;

/** What is known of a login before the password is checked. */
export interface KnownLogin extends KnownUser {
  consumer_id: string | null;
}

/** Always one row. $1 username, $2 provider of local users, $3 consumer key. */
export const knownLogin: Statement = {
  name: 'log-in',
  text: `
    select c.consumer_id, ${knownColumns}
    from (values ($1::text)) as given (username)
    left join consumer c on c.consumer_key = $3 and c.is_enabled
    ${knownJoins}`,
};
