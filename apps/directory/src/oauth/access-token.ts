import type { Identity, OAuthToken, SignedRequest } from '@platform/messages';
import { command, type Query } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { identityOf } from '../identity/identity.shape.js';
import { type Caller, callerColumns, callerJoins } from '../identity/identity.sql.js';
import type { Parts } from '../parts.js';
import { idleSince } from '../token/idle-end.js';
import type { UsedToken } from '../token/token-use.js';
import { refuse } from './refuse.js';
import { accept, checkSigned } from './signed-request.js';
import { randomToken } from './token.js';

const week_ms = 7 * 24 * 3_600_000;

interface Secrets {
  consumer_id: string;
  consumer_secret: string;
  token_secret: string;
}

/** The access token for a request token that a user has authorized; the request token ends. @throws ObpFailure OBP-20001 */
export async function exchange(parts: Parts, signed: SignedRequest): Promise<OAuthToken> {
  checkSigned(parts, signed);
  const now = parts.clock();
  const [signer] = await parts.reader.rows<Secrets>(requestTokenOf(signed, wireTime(now)));
  const { consumer_id } = await accept(parts, signed, signer);
  const issued: OAuthToken = { token: randomToken(), token_secret: randomToken() };
  await command(parts.orm, {}, async (em) => {
    const [used] = await em.execute<{ user_id: string }[]>(
      `
      delete from oauth_request_token
      where token = ? and verifier = ? and expires_at > ?
      returning user_id`,
      [signed.token, signed.verifier, wireTime(now)],
    );
    if (used === undefined) return refuse('the request token is used or not authorized, or the verifier is not right.');
    await em.execute('delete from oauth_access_token where user_id = ? and (expires_at <= ? or last_used_at <= ?)', [
      used.user_id,
      wireTime(now),
      idleSince(parts.config, now),
    ]);
    await em.execute(
      `
      insert into oauth_access_token (token, token_secret, token_id, user_id, consumer_id, created_at, last_used_at, expires_at)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        issued.token,
        issued.token_secret,
        v7(),
        used.user_id,
        consumer_id,
        wireTime(now),
        wireTime(now),
        wireTime(now + parts.config.token_expiration_weeks * week_ms),
      ],
    );
  });
  return issued;
}

const requestTokenOf = ({ consumer_key, token }: SignedRequest, now: string): Query => ({
  name: 'oauth-request-token',
  text: `
    select c.consumer_id, c.consumer_secret, r.token_secret
    from oauth_request_token r join consumer c on c.consumer_id = r.consumer_id and c.is_enabled
    where r.token = $1 and r.expires_at > $2 and c.consumer_key = $3`,
  values: [token, now, consumer_key],
});

/**
 * The current identity that a signed call speaks for; the same call is refused a second time.
 * @throws ObpFailure OBP-20001, or OBP-20064, OBP-20013, OBP-20058 for the state of the user or the application
 */
export async function verify(parts: Parts, signed: SignedRequest): Promise<Identity> {
  checkSigned(parts, signed);
  const now = parts.clock();
  const [signer] = await parts.reader.rows<Caller & Secrets & UsedToken>(
    accessTokenOf(signed, wireTime(now), idleSince(parts.config, now)),
  );
  const owner = await accept(parts, signed, signer);
  const identity = identityOf(owner, parts.config);
  parts.tokenUse.used('oauth_access_token', owner);
  return identity;
}

const accessTokenOf = ({ consumer_key, token }: SignedRequest, now: string, idle_since: string): Query => ({
  name: 'oauth-access-token',
  text: `
    select c.consumer_secret, t.token_secret, t.token_id, t.last_used_at, ${callerColumns}
    from oauth_access_token t
    join app_user u on u.user_id = t.user_id
    join consumer c on c.consumer_id = t.consumer_id
    ${callerJoins}
    where t.token = $1 and t.expires_at > $2 and t.last_used_at > $4 and c.consumer_key = $3`,
  values: [token, now, consumer_key, idle_since],
});
