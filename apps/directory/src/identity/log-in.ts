import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { Failure, type LogInRequest, type LogInResponse } from '@platform/messages';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { randomToken } from '../oauth/token.js';
import type { Parts } from '../parts.js';
import { idleSince } from '../token/idle-end.js';
import { auditedLogin } from './audited-login.js';
import { checkPassword } from './check-password.js';
import { type KnownLogin, knownLogin } from './log-in.sql.js';
import { TokenSchema } from './token.entity.js';

const week_ms = 7 * 24 * 3_600_000;

/**
 * Checks a password and issues a token, of which only the hash is stored.
 * @throws ObpFailure OBP-20008, OBP-20004, OBP-20013 or, when too many passwords wait, OBP-10018
 */
export async function logIn(parts: Parts, request: LogInRequest, correlation_id: string): Promise<LogInResponse> {
  const values = [request.username, parts.config.provider, request.consumer_key];
  const [known] = (await parts.reader.rows<KnownLogin>({ ...knownLogin, values })) as [KnownLogin];
  const { consumer_id } = known;
  const check = () =>
    consumer_id === null ? fail(Failure.FAILURE_INVALID_CONSUMER_KEY) : checkPassword(parts, known, request);
  const login = {
    operation_id: 'DirectLogin',
    user_id: known.user_id ?? '',
    consumer_id: consumer_id ?? '',
    correlation_id,
  };
  return auditedLogin(parts, login, check, async (em) => ({ token: await issueToken(parts, em, login) }));
}

async function issueToken(
  { clock, config }: Parts,
  em: EntityManager,
  { user_id, consumer_id }: { user_id: string; consumer_id: string },
): Promise<string> {
  const token = randomToken();
  const now = clock();
  const created_at = wireTime(now);
  await em.nativeDelete(TokenSchema, {
    user_id,
    $or: [{ expires_at: { $lte: created_at } }, { last_used_at: { $lte: idleSince(config, now) } }],
  });
  em.create(TokenSchema, {
    user_id,
    consumer_id,
    token_hash: hashOfToken(token),
    token_id: v7(),
    created_at,
    last_used_at: created_at,
    expires_at: wireTime(now + config.token_expiration_weeks * week_ms),
  });
  return token;
}

/** SHA-256: a token has 256 random bits, so a fast hash is safe. */
function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
