import { fail } from '@platform/failure';
import { Failure, type Identity, type ResolveTokenRequest } from '@platform/messages';
import type { Query } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { Parts } from '../parts.js';
import { type Caller, callerColumns, callerJoins, identityOf } from './identity.view.js';

/**
 * Who a token speaks for, with every role held: one query.
 * @throws ObpFailure OBP-20003 for an unknown or expired token; OBP-20064, OBP-20013, OBP-20058 for its owner's state
 */
export async function resolveToken({ reader, clock, config }: Parts, request: ResolveTokenRequest): Promise<Identity> {
  const [owner] = await reader.rows<Caller>(ownerOf(request.token_hash, wireTime(clock())));
  return identityOf(owner ?? fail(Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID), config);
}

const ownerOf = (token_hash: Buffer, now: string): Query => ({
  name: 'resolve-token',
  text: `
    select ${callerColumns}
    from token t
    join app_user u on u.user_id = t.user_id
    join consumer c on c.consumer_id = t.consumer_id
    ${callerJoins}
    where t.token_hash = $1 and t.expires_at > $2`,
  values: [token_hash, now],
});
