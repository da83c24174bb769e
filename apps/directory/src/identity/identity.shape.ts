import { roleNamed } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { type CallLimits, Failure, type HeldRole, type Identity } from '@platform/messages';
import type { Parts } from '../parts.js';
import { isSuperAdmin } from '../user/user.entity.js';
import type { Caller } from './identity.sql.js';

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
