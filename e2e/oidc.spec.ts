import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createSend } from './http.js';
import { type Platform, startOwnPlatform, unique } from './platform.js';
import { type Program, startProgram } from './processes/program.js';

interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
}

let dataDir: string;
const provide = (env: Record<string, string> = {}) =>
  startProgram('apps/identity-provider/dist/main.js', { IDENTITY_PROVIDER_PORT: '0', DATA_DIR: dataDir, ...env });

let provider: Program;
let issuer: string;
let platform: Platform;
/** An issuer that only records its requests. */
let counting: Server;
let countingIssuer: string;
const requests: string[] = [];
beforeAll(async () => {
  counting = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve));
  countingIssuer = `http://127.0.0.1:${(counting.address() as AddressInfo).port}`;
  dataDir = await mkdtemp(join(tmpdir(), 'identity-provider-'));
  provider = provide();
  await provider.said('Ctrl-C');
  const [, setting = ''] = /OIDC_ISSUERS='([^']+)'/.exec(provider.output()) ?? [];
  issuer = /^obp-oidc=(\S+) /.exec(setting)?.[1] as string;
  platform = await startOwnPlatform({ OIDC_ISSUERS: `${setting}, ${countingIssuer} api` });
});
afterAll(async () => {
  await platform?.close();
  await provider?.close();
  await new Promise((resolve) => counting.close(resolve));
  await rm(dataDir, { recursive: true, force: true });
});

/** Logs in with the command that the README names. */
async function logIn(username: string): Promise<Tokens> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(__dirname, '../tools/oidc-login.mjs'),
    '--username',
    username,
    '--issuer',
    issuer,
    '--json',
  ]);
  return JSON.parse(stdout) as Tokens;
}

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
const current = (token: string) => platform.call('GET', '/users/current', bearer(token));

describe('a login at the identity provider', () => {
  it('makes a user without a role at first sight, the same by access token and by ID token', async () => {
    const name = `eveline.${unique()}`;
    const { access_token, id_token } = await logIn(name);
    const first = await current(access_token);
    expect([first.status, first.json]).toMatchObject([
      200,
      { provider: issuer, provider_id: name, username: name, email: `${name}@example.com`, entitlements: { list: [] } },
    ]);
    expect((await current(id_token)).json.user_id).toBe(first.json.user_id);
    const again = await logIn(name);
    expect(again.access_token).not.toBe(access_token);
    expect((await current(again.access_token)).json.user_id).toBe(first.json.user_id);
  });

  it('is worth the roles that are granted to the user, at once', async () => {
    const { access_token } = await logIn(`robert.${unique()}`);
    const bank_id = await platform.bank();
    const create = () =>
      platform.call('POST', `/banks/${bank_id}/customers`, {
        ...bearer(access_token),
        body: { legal_name: 'Eveline Tripman', mobile_phone_number: '+49 30 901820' },
      });
    expect((await create()).json).toMatchObject({ code: 403, message: expect.stringMatching(/^OBP-20006: /) });
    const { json } = await current(access_token);
    await platform.grant({ ...platform.admin, user_id: String(json.user_id) }, `CanCreateCustomer@${bank_id}`);
    expect((await create()).status).toBe(201);
  });

  it('of twenty calls at once makes one user', async () => {
    const { access_token, id_token } = await logIn(`many.${unique()}`);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => current(n % 2 === 0 ? access_token : id_token)),
    );
    expect(new Set(answers.map(({ status, json }) => `${status} ${String(json.user_id)}`)).size).toBe(1);
  });
});

describe('an application that keeps a secret', () => {
  const redirect_uri = 'http://127.0.0.1:3000/callback';
  const begin = (client_id: string) =>
    `${issuer}/auth?${new URLSearchParams({ client_id, redirect_uri, response_type: 'code', scope: 'openid profile email', state: 's' }).toString()}`;
  const authorize = (client_id: string) => fetch(begin(client_id), { redirect: 'manual' });

  it('logs a user in with HTTP Basic and without PKCE, as Sandbox Populator does', async () => {
    const { client_id, client_secret } = JSON.parse(
      await readFile(join(dataDir, 'identity-provider.json'), 'utf8'),
    ) as { client_id: string; client_secret: string };
    expect(provider.output()).toContain(client_id);
    const name = `server.${unique()}`;
    const cookies = new Map<string, string>();
    let location = begin(client_id);
    for (let step = 0; step < 6 && !location.startsWith(redirect_uri); step += 1) {
      const isPage = location.includes('/interaction/');
      const answer = await fetch(location, {
        redirect: 'manual',
        headers: {
          cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; '),
          ...(isPage ? { 'content-type': 'application/x-www-form-urlencoded', origin: issuer } : {}),
        },
        ...(isPage ? { method: 'POST', body: new URLSearchParams({ username: name }) } : {}),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(key, value);
      }
      location = new URL(answer.headers.get('location') ?? '', issuer).href;
    }
    const code = new URL(location).searchParams.get('code') ?? '';
    const exchange = (secret: string) =>
      fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${client_id}:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri }),
      });
    expect((await exchange('not the secret')).status).toBe(401);
    const tokens = (await (await exchange(client_secret)).json()) as Tokens;
    for (const token of [tokens.access_token, tokens.id_token])
      expect((await current(token)).json).toMatchObject({
        provider: issuer,
        username: name,
        email: `${name}@example.com`,
      });
  });

  it('is the only one that may leave PKCE out', async () => {
    const [confidential, open] = await Promise.all([
      authorize('customer-platform-confidential'),
      authorize('customer-platform'),
    ]);
    expect(confidential.headers.get('location')).toContain('/interaction/');
    expect(new URL(open.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
  });

  it('has the same secret after a restart', async () => {
    const before = await readFile(join(dataDir, 'identity-provider.json'), 'utf8');
    const again = provide();
    await again.said('Ctrl-C');
    await again.close();
    expect(await readFile(join(dataDir, 'identity-provider.json'), 'utf8')).toBe(before);
  });
});

describe('forged tokens', () => {
  it('cause no call to anywhere; a redirect of the issuer is not followed', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const sign = (header: object, claims: object) =>
      new SignJWT({ iss: countingIssuer, sub: 's', aud: 'api', exp: Math.floor(Date.now() / 1000) + 60, ...claims })
        .setProtectedHeader({ alg: 'RS256', ...header })
        .sign(privateKey);
    const codeOf = async (token: string) =>
      String((await platform.call('GET', '/banks', bearer(token))).json.message).slice(0, 9);
    const forged: [object, object, string][] = [
      [{ jku: `${countingIssuer}/jku` }, {}, 'OBP-20206'],
      [{ x5u: `${countingIssuer}/x5u` }, {}, 'OBP-20206'],
      [{ jwk: await exportJWK(publicKey) }, {}, 'OBP-20206'],
      [{ kid: '../../etc/passwd' }, {}, 'OBP-20206'],
      [{}, { exp: 1 }, 'OBP-20204'],
      [{}, { aud: 'another' }, 'OBP-20204'],
      [{}, { iss: `${countingIssuer}/` }, 'OBP-20214'],
    ];
    for (const [header, claims, code] of forged)
      expect([header, claims, await codeOf(await sign(header, claims))]).toEqual([header, claims, code]);
    expect(requests).toEqual([]);
    expect(await codeOf(await sign({ kid: 'plain' }, {}))).toBe('OBP-20202');
    expect(requests).toEqual(['/.well-known/openid-configuration']);
  });
});

describe('clients are told', () => {
  it('where to log in', async () => {
    const { status, json } = await platform.call('GET', '/well-known');
    const expected = [
      ['obp-oidc', issuer],
      [new URL(countingIssuer).host, countingIssuer],
    ].map(([provider, one]) => ({ provider, url: `${one}/.well-known/openid-configuration` }));
    expect([status, json]).toEqual([200, { well_known_uris: expected }]);
  });

  it('where the keys are, as far as that can be found out', async () => {
    const { status, json } = await platform.send('GET', '/obp/v3.1.0/jwks-uris');
    expect([status, json]).toEqual([200, { jwks_uris: [{ jwks_uri: `${issuer}/jwks` }] }]);
  });
});

describe('a token', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('that was changed is 401, on protected and public operations alike', async () => {
    const { access_token } = await logIn('eveline');
    const [header, claims, signature] = access_token.split('.') as [string, string, string];
    const admin = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), sub: 'admin' };
    const forged: [string, string][] = [
      [`${header}.${part(admin)}.${signature}`, 'OBP-20206'],
      [`${part({ alg: 'none', typ: 'at+jwt' })}.${claims}.`, 'OBP-20206'],
      [`${header}.${part({ ...admin, iss: 'https://evil.example' })}.${signature}`, 'OBP-20214'],
      [`${header}.${part({ ...admin, aud: 'another-api' })}.${signature}`, 'OBP-20204'],
      [access_token.slice(0, -40), 'OBP-20206'],
      ['abc', 'OBP-20205'],
      ['', 'OBP-20205'],
    ];
    for (const [token, code] of forged) {
      for (const path of ['/users/current', '/banks']) {
        const { status, json } = await platform.call('GET', path, bearer(token));
        expect([path, status, String(json.message).slice(0, 9)]).toEqual([path, 401, code]);
      }
    }
  });

  it('is of no use where bearer tokens are off', async () => {
    const { access_token } = await logIn('eveline');
    const other = await startOwnPlatform({ OIDC_ISSUERS: `${issuer} customer-platform`, ALLOW_OAUTH2_LOGIN: 'false' });
    const { status, json } = await other.call('GET', '/users/current', bearer(access_token));
    const { json: known } = await other.call('GET', '/well-known');
    await other.close();
    expect([status, json.message, known]).toEqual([
      401,
      'OBP-20201: OAuth2 is not allowed at this instance.',
      { well_known_uris: [] },
    ]);
  });

  it('of a wrong setting keeps the platform from starting', async () => {
    await expect(startOwnPlatform({ OIDC_ISSUERS: 'http://login.example.com api' })).rejects.toThrow(
      'OIDC_ISSUERS, entry 1: the issuer must be an https:// URL',
    );
  });
});

describe('the identity provider for development', () => {
  const authorize = (change: Record<string, string>) => {
    const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url');
    const query = {
      client_id: 'customer-platform',
      redirect_uri: 'http://localhost:5173/anywhere',
      response_type: 'code',
      scope: 'openid',
      state: 's',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...change,
    };
    return fetch(`${issuer}/auth?${new URLSearchParams(query).toString()}`, { redirect: 'manual' });
  };

  it("shows a page that works without scripts and in nobody's frame", async () => {
    const start = await authorize({ login_hint: '"><script>' });
    expect(start.status).toBe(303);
    const cookie = start.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const page = await fetch(new URL(start.headers.get('location') ?? '', issuer), { headers: { cookie } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(await page.text()).not.toContain('<script>');
    // Without the cookie of the browser that began it, the login is refused.
    const stranger = await fetch(new URL(start.headers.get('location') ?? '', issuer), {
      method: 'POST',
      body: new URLSearchParams({ username: 'admin' }),
    });
    expect(stranger.status).toBe(400);
  });

  it.each([
    ['another client', { client_id: 'another' }],
    ['a redirect off this machine', { redirect_uri: 'https://evil.example/callback' }],
    ['a redirect that only looks like this machine', { redirect_uri: 'http://127.0.0.1.evil.example/callback' }],
    ['a redirect with a user in it', { redirect_uri: 'http://127.0.0.1@evil.example/callback' }],
  ])('refuses %s without redirecting', async (_what, change) => {
    const { status, headers } = await authorize(change);
    expect([status, headers.get('location')]).toEqual([400, null]);
  });

  it.each([
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['an implicit flow', { response_type: 'id_token' }],
  ])('refuses %s', async (_what, change) => {
    const { headers } = await authorize(change);
    expect(headers.get('location')).toMatch(/^http:\/\/localhost:5173\/anywhere[?#].*error=/);
  });

  it('answers to no other name', async () => {
    const { send, close } = createSend(issuer);
    expect((await send('GET', '/.well-known/openid-configuration', { headers: { Host: 'evil.example' } })).status).toBe(
      421,
    );
    close();
  });

  it('does not start in production', async () => {
    const program = provide({ NODE_ENV: 'production' });
    expect(await program.ended()).toBe(2);
    expect(program.output()).toContain('it is for development alone');
  });
});
