import type { JwksUris, WellKnownUrisV510 } from '@platform/messages';
import { discoveryUri } from './issuer-keys.js';
import type { Issuer } from './issuers.js';

/** What clients learn about the issuers: where to log in, and where the keys are. */
export function createWellKnown(issuers: readonly Issuer[]) {
  return {
    async getWellKnownUris(): Promise<WellKnownUrisV510> {
      return {
        well_known_uris: issuers.map(({ name, issuer }) => ({
          provider: name ?? providerName(issuer),
          url: discoveryUri(issuer),
        })),
      };
    },
    /** Issuers whose keys cannot be found now are left out. */
    async getOAuth2ServerJWKsURIs(): Promise<JwksUris> {
      const uris = await Promise.all(issuers.map(({ keys }) => keys.uri()));
      return { jwks_uris: uris.flatMap((jwks_uri) => (jwks_uri === undefined ? [] : [{ jwks_uri }])) };
    },
  };
}

/** The name of a provider that the setting gives no name: that of its kind if clients know it, else its host. */
function providerName(issuer: string): string {
  const { host, pathname } = new URL(issuer);
  if (/\/realms\/[^/]+\/?$/.test(pathname)) return 'keycloak';
  return host === 'accounts.google.com' ? 'google' : host;
}
