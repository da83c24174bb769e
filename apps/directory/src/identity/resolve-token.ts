import { roleNamed } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { Failure, type HeldRole, type Identity, type ResolveTokenRequest } from '@platform/messages';
import type { Query } from '@platform/persistence';
import { type Parts, timeText } from '../parts.js';
import { isSuperAdmin } from '../user/user.entity.js';

interface Owner {
  user_id: string;
  consumer_id: string;
  username: string;
  is_deleted: boolean;
  is_super_admin: boolean;
  is_enabled: boolean;
  attempts: number;
  /** Role name and bank id. */
  roles: [string, string][];
}

/**
 * Who a token speaks for, with every role held: one query.
 * @throws ObpFailure OBP-20003 for an unknown or expired token; OBP-20064, OBP-20013, OBP-20058 for its owner's state
 */
export async function resolveToken({ reader, clock, config }: Parts, request: ResolveTokenRequest): Promise<Identity> {
  const [owner] = await reader.rows<Owner>(ownerOf(request.token_hash, timeText(clock())));
  if (owner === undefined) return fail(Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID);
  if (owner.is_deleted) return fail(Failure.FAILURE_USER_DELETED);
  if (owner.attempts > config.max_bad_login_attempts) return fail(Failure.FAILURE_USER_LOCKED);
  if (!owner.is_enabled) return fail(Failure.FAILURE_CONSUMER_DISABLED);
  const { user_id, consumer_id, username } = owner;
  return { user_id, consumer_id, username, roles: owner.roles.flatMap(heldRole), super_admin: isSuperAdmin(owner, config.super_admin_user_ids) };
}

/** A role that is no longer declared opens nothing. */
function heldRole([name, bank_id]: [string, string]): HeldRole[] {
  const role = roleNamed(name);
  return role === undefined ? [] : [{ role, bank_id }];
}

const ownerOf = (token_hash: Buffer, now: string): Query => ({
  name: 'resolve-token',
  text: `
    select t.user_id, t.consumer_id, u.username, u.is_deleted, u.is_super_admin, c.is_enabled, coalesce(b.attempts, 0) as attempts,
      coalesce((select json_agg(json_build_array(e.role_name, e.bank_id)) from entitlement e where e.user_id = t.user_id), '[]') as roles
    from token t
    join app_user u on u.user_id = t.user_id
    join consumer c on c.consumer_id = t.consumer_id
    left join bad_login b on b.provider = u.provider and b.username = u.username
    where t.token_hash = $1 and t.expires_at > $2`,
  values: [token_hash, now],
});
