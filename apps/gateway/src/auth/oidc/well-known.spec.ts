import { describe, expect, it } from '@jest/globals';
import { createTokenIssuer, issuer, jwksUri } from '../../../test/token-issuer.js';
import { createWellKnown } from './well-known.js';

const setting = `${issuer} a, https://accounts.google.com b https://www.googleapis.com/oauth2/v3/certs, http://127.0.0.1:8090 c`;

describe('what clients are told of the issuers', () => {
  it('is where to log in, by names they know', async () => {
    const { issuers, world } = createTokenIssuer([], setting);
    expect(await createWellKnown(issuers).getWellKnownUris()).toEqual({
      well_known_uris: [
        { provider: 'keycloak', url: `${issuer}/.well-known/openid-configuration` },
        { provider: 'google', url: 'https://accounts.google.com/.well-known/openid-configuration' },
        { provider: '127.0.0.1:8090', url: 'http://127.0.0.1:8090/.well-known/openid-configuration' },
      ],
    });
    expect(world.fetched).toEqual([]);
  });

  it('is where their keys are, as far as that can be found out', async () => {
    const { issuers, world } = createTokenIssuer([], setting);
    const { getOAuth2ServerJWKsURIs } = createWellKnown(issuers);
    const expected = { jwks_uris: [{ jwks_uri: jwksUri }, { jwks_uri: 'https://www.googleapis.com/oauth2/v3/certs' }] };
    for (let n = 0; n < 5; n += 1) expect(await getOAuth2ServerJWKsURIs()).toEqual(expected);
    expect(world.fetched).toHaveLength(2);
  });

  it('is nothing without issuers', async () => {
    const wellKnown = createWellKnown([]);
    expect([await wellKnown.getWellKnownUris(), await wellKnown.getOAuth2ServerJWKsURIs()]).toEqual([
      { well_known_uris: [] },
      { jwks_uris: [] },
    ]);
  });
});
