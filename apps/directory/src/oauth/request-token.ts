import { randomBytes } from 'node:crypto';
import type { AuthorizeOAuthRequest, OAuthRequest, OAuthToken, OAuthVerifier, SignedRequest } from '@platform/messages';
import { command, type Query } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { auditedLogin } from '../identity/audited-login.js';
import { checkPassword } from '../identity/check-password.js';
import { knownColumns, knownJoins, type KnownUser } from '../identity/log-in.sql.js';
import type { Parts } from '../parts.js';
import { checkCallback } from './callback.js';
import { refuse } from './refuse.js';
import { accept, checkSigned } from './signed-request.js';
import { isToken, randomToken } from './token.js';

const life_ms = 10 * 60_000;

interface Application {
  consumer_id: string;
  consumer_secret: string;
  redirect_url: string;
}

/** A request token for an application that is enabled and has a secret. @throws ObpFailure OBP-20001 */
export async function initiate(parts: Parts, signed: SignedRequest): Promise<OAuthToken> {
  checkSigned(parts, signed);
  // A token there is none yet; an application that names one all the same has no secret for it.
  const [application] =
    signed.token === '' ? await parts.reader.rows<Application>(applicationOf(signed.consumer_key)) : [];
  const { consumer_id, redirect_url } = await accept(
    parts,
    signed,
    application && { ...application, token_secret: '' },
  );
  const callback = checkCallback(signed.callback, redirect_url);
  const issued: OAuthToken = { token: randomToken(), token_secret: randomToken() };
  const now = parts.clock();
  await command(parts.orm, {}, async (em) => {
    // Each new token deletes some expired ones.
    await em.execute(
      `delete from oauth_request_token where token in (
         select token from oauth_request_token where expires_at <= ? order by expires_at limit 10 for update skip locked)`,
      [wireTime(now)],
    );
    await em.execute(
      `
        insert into oauth_request_token (token, token_secret, consumer_id, callback, created_at, expires_at)
        values (?, ?, ?, ?, ?, ?)`,
      [issued.token, issued.token_secret, consumer_id, callback, wireTime(now), wireTime(now + life_ms)],
    );
  });
  return issued;
}

const applicationOf = (consumer_key: string): Query => ({
  name: 'oauth-application',
  text: `
    select consumer_id, consumer_secret, redirect_url
    from consumer
    where consumer_key = $1 and is_enabled`,
  values: [consumer_key],
});

/** The application that asks the user to log in. @throws ObpFailure OBP-20001 */
export async function describe(parts: Parts, token: string): Promise<OAuthRequest> {
  const [found] = isToken(token)
    ? await parts.reader.rows<OAuthRequest>(openRequest(token, wireTime(parts.clock())))
    : [];
  return found ?? unknownRequest();
}

const openRequest = (token: string, now: string): Query => ({
  name: 'oauth-request',
  text: `
    select c.app_name, r.callback from oauth_request_token r join consumer c on c.consumer_id = r.consumer_id and c.is_enabled
    where r.token = $1 and r.expires_at > $2 and r.user_id is null`,
  values: [token, now],
});

interface Known extends KnownUser {
  consumer_id: string | null;
  callback: string | null;
}

/**
 * Logs the user in, which counts as the user's consent; once per request token.
 * @throws ObpFailure OBP-20001, OBP-20004, OBP-20013 or, when too many passwords wait, OBP-10018
 */
export async function authorize(
  parts: Parts,
  { token, username, password }: AuthorizeOAuthRequest,
  correlation_id: string,
): Promise<OAuthVerifier> {
  if (!isToken(token)) unknownRequest();
  const now = wireTime(parts.clock());
  const [known] = (await parts.reader.rows<Known>(knownOf(username, parts.config.provider, token, now))) as [Known];
  const { callback } = known;
  if (callback === null) return unknownRequest();
  const login = {
    operation_id: 'OAuth1.0a',
    user_id: known.user_id ?? '',
    consumer_id: known.consumer_id ?? '',
    correlation_id,
  };
  // Shorter than a token, because without a callback the user must type it.
  const verifier = randomBytes(16).toString('hex');
  return auditedLogin(
    parts,
    login,
    () => checkPassword(parts, known, { username, password }),
    async (em) => {
      const authorized = await em.execute<unknown[]>(
        `
        update oauth_request_token
        set user_id = ?, verifier = ?
        where token = ? and user_id is null and expires_at > ?
        returning token`,
        [login.user_id, verifier, token, now],
      );
      if (authorized.length === 0) unknownRequest();
      return { verifier, callback };
    },
  );
}

function knownOf(username: string, provider: string, token: string, now: string): Query {
  return {
    name: 'oauth-log-in',
    text: `
      select c.consumer_id, case when c.is_enabled then r.callback end as callback, ${knownColumns}
      from (values ($1::text)) as given (username)
      left join oauth_request_token r on r.token = $3 and r.expires_at > $4 and r.user_id is null
      left join consumer c on c.consumer_id = r.consumer_id
      ${knownJoins}`,
    values: [username, provider, token, now],
  };
}

function unknownRequest(): never {
  return refuse('the request token is unknown, used or older than ten minutes.');
}
