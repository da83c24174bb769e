import type { Identity, OAuthToken, SignedRequest } from '@platform/messages';
import { command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { identityOf } from '../identity/identity.shape.js';
import type { Parts } from '../parts.js';
import { idleSince } from '../token/idle-end.js';
import {
  type AccessTokenOwner,
  accessTokenOwner,
  claimRequestToken,
  deleteEndedTokens,
  insertAccessToken,
  requestTokenSigner,
  type Signer,
} from './access-token.sql.js';
import { refuse } from './refuse.js';
import { accept, checkSigned } from './signed-request.js';
import { randomToken } from './token.js';

const week_ms = 7 * 24 * 3_600_000;

/** The access token for a request token that a user has authorized; the request token ends. @throws ObpFailure OBP-20001 */
export async function exchange(parts: Parts, signed: SignedRequest): Promise<OAuthToken> {
  checkSigned(parts, signed);
  const now = parts.clock();
  const values = [signed.token, wireTime(now), signed.consumer_key];
  const [signer] = await parts.reader.rows<Signer>({ ...requestTokenSigner, values });
  const { consumer_id } = await accept(parts, signed, signer);
  const issued: OAuthToken = { token: randomToken(), token_secret: randomToken() };
  await command(parts.orm, {}, async (em) => {
    const user_id = await claimRequestToken(em, signed, wireTime(now));
    if (user_id === undefined)
      return refuse('the request token is used or not authorized, or the verifier is not right.');
    await em.execute(deleteEndedTokens, [user_id, wireTime(now), idleSince(parts.config, now)]);
    await em.execute(insertAccessToken, [
      issued.token,
      issued.token_secret,
      v7(),
      user_id,
      consumer_id,
      wireTime(now),
      wireTime(now),
      wireTime(now + parts.config.token_expiration_weeks * week_ms),
    ]);
  });
  return issued;
}

/**
 * The current identity that a signed call speaks for; the same call is refused a second time.
 * @throws ObpFailure OBP-20001, or OBP-20064, OBP-20013, OBP-20058 for the state of the user or the application
 */
export async function verify(parts: Parts, signed: SignedRequest): Promise<Identity> {
  checkSigned(parts, signed);
  const now = parts.clock();
  const values = [signed.token, wireTime(now), signed.consumer_key, idleSince(parts.config, now)];
  const [signer] = await parts.reader.rows<AccessTokenOwner>({ ...accessTokenOwner, values });
  const owner = await accept(parts, signed, signer);
  const identity = identityOf(owner, parts.config);
  parts.tokenUse.used('oauth_access_token', owner);
  return identity;
}
