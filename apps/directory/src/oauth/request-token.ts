import { randomBytes } from 'node:crypto';
import type { AuthorizeOAuthRequest, OAuthRequest, OAuthToken, OAuthVerifier, SignedRequest } from '@platform/messages';
import { command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { auditedLogin } from '../identity/audited-login.js';
import { checkPassword } from '../identity/check-password.js';
import type { Parts } from '../parts.js';
import { checkCallback } from './callback.js';
import { refuse } from './refuse.js';
import {
  type Application,
  applicationByKey,
  authorizeRequestToken,
  deleteExpiredRequestTokens,
  insertRequestToken,
  type KnownAuthorization,
  knownAuthorization,
  openRequest,
} from './request-token.sql.js';
import { accept, checkSigned } from './signed-request.js';
import { isToken, randomToken } from './token.js';

const life_ms = 10 * 60_000;

/** A request token for an application that is enabled and has a secret. @throws ObpFailure OBP-20001 */
export async function initiate(parts: Parts, signed: SignedRequest): Promise<OAuthToken> {
  checkSigned(parts, signed);
  // A token there is none yet; an application that names one all the same has no secret for it.
  const [application] =
    signed.token === ''
      ? await parts.reader.rows<Application>({ ...applicationByKey, values: [signed.consumer_key] })
      : [];
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
    await em.execute(deleteExpiredRequestTokens, [wireTime(now)]);
    await em.execute(insertRequestToken, [
      issued.token,
      issued.token_secret,
      consumer_id,
      callback,
      wireTime(now),
      wireTime(now + life_ms),
    ]);
  });
  return issued;
}

/** The application that asks the user to log in. @throws ObpFailure OBP-20001 */
export async function describe(parts: Parts, token: string): Promise<OAuthRequest> {
  const [found] = isToken(token)
    ? await parts.reader.rows<OAuthRequest>({ ...openRequest, values: [token, wireTime(parts.clock())] })
    : [];
  return found ?? unknownRequest();
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
  const values = [username, parts.config.provider, token, now];
  const [known] = (await parts.reader.rows<KnownAuthorization>({ ...knownAuthorization, values })) as [
    KnownAuthorization,
  ];
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
      const authorized = await em.execute<unknown[]>(authorizeRequestToken, [login.user_id, verifier, token, now]);
      if (authorized.length === 0) unknownRequest();
      return { verifier, callback };
    },
  );
}

function unknownRequest(): never {
  return refuse('the request token is unknown, used or older than ten minutes.');
}
