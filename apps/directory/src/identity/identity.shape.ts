import { roleNamed } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { type CallLimits, Failure, type HeldRole, type Identity } from '@platform/messages';
import type { Parts } from '../parts.js';
import { isSuperAdmin } from '../user/user.entity.js';

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

/**
 * A caller's identity as the other parts may see it.
 * @throws ObpFailure OBP-20064, OBP-20013 or OBP-20058 for the state of the user or the application
 */
export function identityOf(caller: Caller, config: Parts['config']): Identity {
  if (caller.is_deleted) fail(Failure.FAILURE_USER_DELETED);
  if (caller.is_locked) fail(Failure.FAILURE_USER_LOCKED);
  if (!caller.is_enabled) fail(Failure.FAILURE_CONSUMER_DISABLED);
  const { user_id, consumer_id, username } = caller;
  return {
    user_id,
    consumer_id,
    username,
    roles: caller.roles.flatMap(heldRole),
    super_admin: isSuperAdmin(caller, config.super_admin_user_ids),
    scopes: caller.scopes.flatMap(heldRole),
    call_limits: limitsOf(caller.call_limits),
  };
}

/** A role that is no longer declared has no effect. */
function heldRole([name, bank_id]: [string, string]): HeldRole[] {
  const role = roleNamed(name);
  return role === undefined ? [] : [{ role, bank_id }];
}

function limitsOf(limits: number[] | null): CallLimits | null {
  if (limits === null) return null;
  const [per_second = -1, per_minute = -1, per_hour = -1, per_day = -1, per_week = -1, per_month = -1] = limits;
  return { per_second, per_minute, per_hour, per_day, per_week, per_month };
}
