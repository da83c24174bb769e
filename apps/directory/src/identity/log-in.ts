import { createHash } from 'node:crypto';
import { checkTexts, fail } from '@platform/failure';
import { Failure, type LogInRequest, type LogInResponse } from '@platform/messages';
import { command, type Query } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { randomToken } from '../oauth/token.js';
import type { Parts } from '../parts.js';
import { clearBadLogins, type Trier } from './bad-logins.js';
import { checkPassword, knownColumns, knownJoins, type KnownUser } from './check-password.js';
import { TokenSchema } from './token.entity.js';

const limits = { username: 512, password: 512, consumer_key: 512 };
const week_ms = 7 * 24 * 3_600_000;

/** What is known of a login before the password is looked at. */
interface Known extends KnownUser {
  consumer_id: string | null;
}

/**
 * Checks a password and issues a token, of which only the hash is kept.
 * @throws ObpFailure OBP-20008, OBP-20004, OBP-20013 or, when too many passwords wait, OBP-10018
 */
export async function logIn(parts: Parts, request: LogInRequest): Promise<LogInResponse> {
  checkTexts(request, limits);
  const [known] = (await parts.reader.rows<Known>(knownOf(request, parts.config.provider))) as [Known];
  const { consumer_id } = known;
  if (consumer_id === null) return fail(Failure.FAILURE_INVALID_CONSUMER_KEY);
  const { user_id, trier } = await checkPassword(parts, known, request);
  return { token: await issueToken(parts, trier, { user_id, consumer_id }) };
}

function knownOf(request: LogInRequest, provider: string): Query {
  return {
    name: 'log-in',
    text: `
      select c.consumer_id, ${knownColumns}
      from (values ($1::text)) as given (username)
      left join consumer c on c.consumer_key = $3 and c.is_enabled
      ${knownJoins}`,
    values: [request.username, provider, request.consumer_key],
  };
}

/** The lock is looked at once more inside the transaction: parallel wrong tries may have set it meanwhile. */
async function issueToken(parts: Parts, trier: Trier, owner: { user_id: string; consumer_id: string }): Promise<string> {
  const token = randomToken();
  const now = parts.clock();
  await command(parts.orm, {}, async (em) => {
    if (!(await clearBadLogins(em, trier))) fail(Failure.FAILURE_USER_LOCKED);
    await em.nativeDelete(TokenSchema, { user_id: owner.user_id, expires_at: { $lte: wireTime(now) } });
    em.create(TokenSchema, {
      ...owner,
      token_hash: hashOfToken(token),
      created_at: wireTime(now),
      expires_at: wireTime(now + parts.config.token_expiration_weeks * week_ms),
    });
  });
  return token;
}

/** SHA-256: a token has 256 random bits, so a fast hash hides it well enough. */
function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
