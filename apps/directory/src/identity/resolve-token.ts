import { fail } from '@platform/failure';
import { Failure, type Identity, type ResolveTokenRequest } from '@platform/messages';
import type { Query } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { Parts } from '../parts.js';
import { idleSince } from '../token/idle-end.js';
import type { UsedToken } from '../token/token-use.js';
import { type Caller, callerColumns, callerJoins, identityOf } from './identity.shape.js';

/**
 * The user that a token speaks for, with all roles held: one query.
 * @throws ObpFailure OBP-20003 for an unknown or expired token; OBP-20064, OBP-20013, OBP-20058 for the state of its
 * owner
 */
export async function resolveToken(
  { reader, clock, config, tokenUse }: Parts,
  request: ResolveTokenRequest,
): Promise<Identity> {
  const now = clock();
  const [owner = fail(Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID)] = await reader.rows<Caller & UsedToken>(
    ownerOf(request.token_hash, wireTime(now), idleSince(config, now)),
  );
  const identity = identityOf(owner, config);
  tokenUse.used('token', owner);
  return identity;
}

const ownerOf = (token_hash: Buffer, now: string, idle_since: string): Query => ({
  name: 'resolve-token',
  text: `
    select t.token_id, t.last_used_at, ${callerColumns}
    from token t
    join app_user u on u.user_id = t.user_id
    join consumer c on c.consumer_id = t.consumer_id
    ${callerJoins}
    where t.token_hash = $1 and t.expires_at > $2 and t.last_used_at > $3`,
  values: [token_hash, now, idle_since],
});
