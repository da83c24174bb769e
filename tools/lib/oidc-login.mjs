// The authorization code flow with PKCE, with a cookie jar instead of a browser.
import { createHash, randomBytes } from 'node:crypto';

const CLIENT = 'customer-platform';
// Nothing listens there: the code is read from the redirect itself.
const REDIRECT = 'http://127.0.0.1/callback';

const random = () => randomBytes(32).toString('base64url');

/**
 * Logs in as a user.
 * @param {string} issuer
 * @param {string} username
 * @returns {Promise<{access_token: string, id_token: string, expires_in: number}>}
 */
export async function logIn(issuer, username) {
  const { authorization_endpoint, token_endpoint } = await discover(issuer);
  const [state, nonce, verifier] = [random(), random(), random()];
  const url = new URL(authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const answer = await followToCode(url.href, username);
  if (answer.get('state') !== state || answer.get('iss') !== issuer)
    throw new Error('the answer belongs to another login');
  const tokens = await redeem(token_endpoint, answer.get('code'), verifier);
  const { nonce: signed } = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url').toString());
  if (signed !== nonce) throw new Error('the ID token belongs to another login');
  return tokens;
}

async function discover(issuer) {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`${issuer} answers ${response.status} to discovery`);
  const found = await response.json();
  if (found.issuer !== issuer) throw new Error(`${issuer} calls itself ${found.issuer}`);
  return found;
}

/** Follows redirects, fills in the login page, and stops at the redirect back to the application. */
async function followToCode(start, username) {
  const cookies = new Map();
  const visit = async (url, init = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, ...(cookie && { cookie }) },
    });
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    return response;
  };
  let url = start;
  for (let step = 0; step < 10; step += 1) {
    let response = await visit(url);
    if (response.status === 200)
      response = await visit(url, { method: 'POST', body: new URLSearchParams({ username }) });
    const location = response.headers.get('location');
    if (location === null)
      throw new Error(
        `the provider answers ${response.status} at ${new URL(url).pathname}: ${textOf(await response.text())}`,
      );
    url = new URL(location, url).href;
    if (!url.startsWith(`${REDIRECT}?`)) continue;
    const answer = new URL(url).searchParams;
    if (answer.has('error')) throw new Error(`${answer.get('error')}: ${answer.get('error_description')}`);
    return answer;
  }
  throw new Error('the provider redirects without end');
}

function keep(cookies, line) {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
  if (value === '') cookies.delete(name);
  else cookies.set(name, value);
}

/** The text of a page, without its markup. */
const textOf = (page) =>
  page
    .replace(/<(style|head)[\s\S]*?<\/\1>|<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

async function redeem(endpoint, code, verifier) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    code,
    code_verifier: verifier,
  });
  const response = await fetch(endpoint, { method: 'POST', body });
  const tokens = await response.json();
  if (!response.ok) throw new Error(`${tokens.error}: ${tokens.error_description}`);
  return tokens;
}
