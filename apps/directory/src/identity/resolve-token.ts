import { fail } from '@platform/failure';
import { Failure, type Identity, type ResolveTokenRequest } from '@platform/messages';
import { wireTime } from '@platform/runtime';
import type { Parts } from '../parts.js';
import { idleSince } from '../token/idle-end.js';
import { identityOf } from './identity.shape.js';
import { type TokenOwner, tokenOwner } from './identity.sql.js';

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
  const values = [request.token_hash, wireTime(now), idleSince(config, now)];
  const [owner = fail(Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID)] = await reader.rows<TokenOwner>({
    ...tokenOwner,
    values,
  });
  const identity = identityOf(owner, config);
  tokenUse.used('token', owner);
  return identity;
}
