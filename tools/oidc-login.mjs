// `npm run oidc:login`: logs in at the identity provider for development and prints the token.
import { parseArgs } from 'node:util';
import { logIn } from './lib/oidc-login.mjs';

const HELP = `npm run oidc:login -- --username NAME [options]

Logs in at the identity provider for development (npm run start:identity-provider) by the authorization code
flow with PKCE, as a browser would, and prints the access token.

  --username NAME  who to be
  --issuer URL     the provider (default http://127.0.0.1:8090)
  --id-token       prints the ID token instead
  --json           prints the whole answer
`;

const { values } = parseArgs({
  options: {
    username: { type: 'string' },
    issuer: { type: 'string', default: 'http://127.0.0.1:8090' },
    'id-token': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help || values.username === undefined) {
  console.log(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  try {
    const tokens = await logIn(values.issuer, values.username);
    console.log(values.json ? JSON.stringify(tokens) : values['id-token'] ? tokens.id_token : tokens.access_token);
  } catch (error) {
    console.error(
      `oidc:login: ${error.message}${error.cause?.code === 'ECONNREFUSED' ? `: is npm run start:identity-provider running at ${values.issuer}?` : ''}`,
    );
    process.exitCode = 1;
  }
}
