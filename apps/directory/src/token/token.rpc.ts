import { isId } from '@platform/input';
import { type BoundService, bind, messagesOf } from '@platform/grpc';
import { type LoginToken, TokenServiceDefinition } from '@platform/messages';
import { pagesOf } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { auditedCallOf } from '../audit/audit.js';
import type { Parts } from '../parts.js';
import { idleSince } from './idle-end.js';
import { deleteTokenOfUser, tokensOfUser } from './token.sql.js';

const listRows = 500;

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
      return audit.command(auditedCallOf(call, TokenServiceDefinition, 'deleteMyToken'), {}, async (em, note) => {
        const value = await deleteTokenOfUser(em, token_id, call.caller.user_id);
        if (value) note({ kind: 'token', subject: token_id });
        return { value };
      });
    },
  });
}
