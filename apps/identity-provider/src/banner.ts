import type { IdentityProvider } from './service.js';

/** What a start prints. */
export function banner({ issuer, setting }: IdentityProvider): string {
  const other = issuer.endsWith(':8090') ? '' : ` --issuer ${issuer}`;
  return `
The identity provider for development is ready: any name is that user, no password is asked.

issuer      ${issuer}
discovery   ${issuer}/.well-known/openid-configuration
client      customer-platform (public; authorization code with PKCE; any http://127.0.0.1 or http://localhost redirect)

Start the platform so that it trusts the tokens:

${setting} npm start

Log in from the command line, as a browser would, and use the token:

TOKEN=$(npm run --silent oidc:login -- --username eveline${other})
curl -s http://127.0.0.1:8080/obp/v5.1.0/users/current -H "Authorization: Bearer $TOKEN"

Ctrl-C stops it; its keys and logins end with it.
`;
}
