import { isId } from '@platform/failure';
import { type BoundService, bind, messagesOf } from '@platform/grpc';
import { type LoginToken, TokenServiceDefinition } from '@platform/messages';
import { pagesOf, type Statement } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { deedOf } from '../audit/audit.js';
import type { Parts } from '../parts.js';
import { idleSince } from './idle-end.js';

const listRows = 500;

const columns = 'token_id, user_id, consumer_id, created_at, last_used_at, expires_at';

/**
 * $1 user, $2 now, $3 the time since when a token must have been used, $4 minutes of idleness or 0, $5 and $6 the time
 * and id after which the page starts, $7 rows.
 */
const tokensOfUser: Statement = {
  name: 'tokens-of-user',
  text: `
    select t.token_id, t.type, c.consumer_id, c.app_name, t.created_at as created, t.last_used_at as last_used,
      least(t.expires_at, case when $4 > 0 then t.last_used_at + $4 * interval '1 minute' end) as expires
    from (
      select 'DirectLogin' as type, ${columns} from token
      union all
      select 'OAuth1.0a', ${columns} from oauth_access_token) t
    join consumer c on c.consumer_id = t.consumer_id
    where t.user_id = $1 and t.expires_at > $2 and t.last_used_at > $3 and (t.created_at, t.token_id) < ($5::timestamptz, $6)
    order by t.created_at desc, t.token_id desc limit $7`,
};

/** A user's own tokens. */
export function createTokenService({ reader, clock, config, audit }: Parts): BoundService {
  return bind(TokenServiceDefinition, {
    getMyTokens(_request, { caller }) {
      const now = clock();
      const pages = pagesOf<LoginToken>(listRows, (last, rows) =>
        reader.page({
          ...tokensOfUser,
          values: [
            caller.user_id,
            wireTime(now),
            idleSince(config, now),
            config.token_idle_minutes,
            last?.created ?? 'infinity',
            last?.token_id ?? '',
            rows,
          ],
        }),
      );
      return messagesOf(pages, (tokens) => ({ tokens }));
    },
    async deleteMyToken({ token_id }, call) {
      if (!isId(token_id)) return { value: false };
      const own = [token_id, call.caller.user_id];
      return audit.command(deedOf(call, TokenServiceDefinition, 'deleteMyToken'), {}, async (em, note) => {
        const ended = await em.execute<unknown[]>(
          `with direct as (delete from token where token_id = ? and user_id = ? returning token_id),
             signed as (delete from oauth_access_token where token_id = ? and user_id = ? returning token_id)
           select token_id from direct union all select token_id from signed`,
          [...own, ...own],
        );
        if (ended.length > 0) note({ kind: 'token', subject: token_id });
        return { value: ended.length > 0 };
      });
    },
  });
}
