import type { IdentityProvider } from './service.js';

/** The text printed at a start. */
export function banner({ issuer, setting, confidential }: IdentityProvider): string {
  const other = issuer.endsWith(':8090') ? '' : ` --issuer ${issuer}`;
  return `
The identity provider for development is ready: any name is that user, no password is asked.

issuer      ${issuer}
discovery   ${issuer}/.well-known/openid-configuration
client      customer-platform (public; authorization code with PKCE)
client      ${confidential.client_id} (with a secret; authorization code, PKCE or not)
secret      ${confidential.client_secret}
            (kept in ${confidential.file})
redirects   any http://127.0.0.1 or http://localhost

Start the platform so that it trusts the tokens:

${setting} npm start

Log in from the command line, as a browser would, and use the token:

TOKEN=$(npm run --silent oidc:login -- --username eveline${other})
curl -s http://127.0.0.1:8080/obp/v5.1.0/users/current -H "Authorization: Bearer $TOKEN"

Ctrl-C stops it; its keys and logins end with it, the secret stays.
`;
}
