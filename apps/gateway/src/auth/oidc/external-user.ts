import type { ResolveExternalUserRequest } from '@platform/messages';
import { shortText } from './check-claims.js';
import type { UnverifiedJwt } from './read-jwt.js';

/** The user and the application that a token speaks for. Claims that cannot be stored count as absent. */
export function externalUserOf(jwt: UnverifiedJwt, issuer: string, audience: string): ResolveExternalUserRequest {
  const { claims } = jwt;
  const sub = shortText(claims['sub']);
  return {
    provider: issuer,
    provider_id: sub,
    username: shortText(claims['given_name']) || sub,
    email: shortText(claims['email']),
    // RFC 9068 calls the application of an access token client_id, OpenID Connect calls it azp.
    authorized_party: shortText(claims['azp']) || shortText(claims['client_id']),
    audience,
    app_name: shortText(claims['name']),
    description: isAccessToken(jwt) ? 'OAuth 2.0' : 'OpenID Connect',
  };
}

function isAccessToken({ header, claims }: UnverifiedJwt): boolean {
  if (typeof header['typ'] === 'string' && /at\+jwt$/i.test(header['typ'])) return true;
  return claims['typ'] === 'Bearer' || (claims['typ'] !== 'ID' && (claims['scope'] ?? claims['scp']) !== undefined);
}
