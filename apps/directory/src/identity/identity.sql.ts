import type { Statement } from '@platform/persistence';
import type { UsedToken } from '../token/token-use.js';

/** A user and the application it uses, as selected by `callerColumns`. */
export interface Caller {
  user_id: string;
  consumer_id: string;
  username: string;
  is_deleted: boolean;
  is_super_admin: boolean;
  /** Locked by the API. A lock by wrong passwords only blocks logins: anyone who knows a name could cause it. */
  is_locked: boolean;
  is_enabled: boolean;
  /** Role name and bank id. */
  roles: [string, string][];
  scopes: [string, string][];
  /** Listed per second to per month. */
  call_limits: number[] | null;
}

/** The columns of a Caller, from `app_user u` and `consumer c` with `callerJoins`. */
export const callerColumns = `
  u.user_id, c.consumer_id, u.username, u.is_deleted, u.is_super_admin, c.is_enabled,
  l.user_id is not null as is_locked,
  coalesce((select json_agg(json_build_array(e.role_name, e.bank_id)) from entitlement e where e.user_id = u.user_id), '[]') as roles,
  coalesce((select json_agg(json_build_array(s.role_name, s.bank_id)) from scope s where s.consumer_id = c.consumer_id), '[]') as scopes,
  to_json(c.call_limits) as call_limits`;

export const callerJoins = `
  left join user_lock l on l.user_id = u.user_id`;

export type TokenOwner = Caller & UsedToken;

/** $1 hash of the token, $2 the current time, $3 the time since when the token must have been used. */
export const tokenOwner: Statement = {
  name: 'resolve-token',
  text: `
    select t.token_id, t.last_used_at, ${callerColumns}
    from token t
    join app_user u on u.user_id = t.user_id
    join consumer c on c.consumer_id = t.consumer_id
    ${callerJoins}
    where t.token_hash = $1 and t.expires_at > $2 and t.last_used_at > $3`,
};
