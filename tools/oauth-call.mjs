// `npm run oauth:call`: logs in by OAuth 1.0a as a user would in a browser, and makes one signed call.
import { parseArgs } from 'node:util';
import { authorization } from './lib/oauth-signature.mjs';

const HELP = `npm run oauth:call -- [options] VERB URL [BODY]

Logs in by OAuth 1.0a (request token, login page, access token), makes the signed call and prints its answer.

  --username NAME  who logs in (default admin.user)
  --sha256         signs with HMAC-SHA256 instead of HMAC-SHA1

From the environment: OBP_PASSWORD, OBP_CONSUMER_KEY and OBP_CONSUMER_SECRET.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    username: { type: 'string', default: 'admin.user' },
    sha256: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [verb, address, body] = positionals;
const { OBP_PASSWORD: password, OBP_CONSUMER_KEY: consumer_key, OBP_CONSUMER_SECRET: consumer_secret } = process.env;

if (values.help || address === undefined || !URL.canParse(address) || !password || !consumer_key || !consumer_secret) {
  console.log(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  try {
    const { status, text } = await call(await logIn(new URL(address).origin));
    console.log(text);
    process.exitCode = status < 300 ? 0 : 1;
  } catch (error) {
    console.error(
      `oauth:call: ${error.message}${error.cause?.code === 'ECONNREFUSED' ? `: is the platform running at ${new URL(address).origin}?` : ''}`,
    );
    process.exitCode = 1;
  }
}

/** Logs in. @returns what signs the user's calls */
async function logIn(origin) {
  const application = { consumer_key, consumer_secret, method: values.sha256 ? 'HMAC-SHA256' : 'HMAC-SHA1' };
  const asked = await tokenOf(`${origin}/oauth/initiate`, { ...application, extra: { oauth_callback: 'oob' } });
  const oauth_verifier = await agree(`${origin}/oauth/authorize`, asked.token);
  return {
    ...application,
    ...(await tokenOf(`${origin}/oauth/token`, { ...application, ...asked, extra: { oauth_verifier } })),
  };
}

async function tokenOf(url, signing) {
  const answer = await fetch(url, { method: 'POST', headers: { Authorization: authorization('POST', url, signing) } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  const form = new URLSearchParams(text);
  return { token: form.get('oauth_token'), token_secret: form.get('oauth_token_secret') };
}

/** Does what the user would do in a browser. */
async function agree(url, oauth_token) {
  const page = await fetch(`${url}?oauth_token=${encodeURIComponent(oauth_token)}`);
  const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const [cookie = ''] = (page.headers.get('set-cookie') ?? '').split(';');
  const sent = await fetch(url, {
    method: 'POST',
    headers: { Cookie: cookie },
    body: new URLSearchParams({ oauth_token, csrf, username: values.username, password }),
  });
  const text = await sent.text();
  const verifier = /<code>([^<]+)<\/code>/.exec(text)?.[1];
  if (verifier === undefined) throw new Error(/role="alert">([^<]+)/.exec(text)?.[1] ?? 'the login page gave no code');
  return verifier;
}

async function call(signing) {
  const headers = {
    Authorization: authorization(verb, address, signing),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  };
  const answer = await fetch(address, { method: verb, headers, body });
  return { status: answer.status, text: await answer.text() };
}
