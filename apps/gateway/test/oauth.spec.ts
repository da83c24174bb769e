import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { DirectoryCall } from '../src/auth/caller.js';
import { createOAuth } from '../src/auth/oauth/oauth.js';
import { createEdge, createRoutes } from './edge.js';

/** A directory with given answers that records the requests it gets. */
const directory = {
  app_name: 'Photos',
  callback: 'https://app.example.com/back?state=1',
  failure: undefined as Failure | undefined,
  detail: '',
  unknown: false,
  asked: [] as { name: string; request: Record<string, unknown> }[],
};
const call = (async (method: { path: string }, request: Record<string, unknown>) => {
  const name = method.path.split('/')[2] ?? '';
  directory.asked.push({ name, request });
  if (name === 'GetOAuthRequest') {
    if (directory.unknown) fail(Failure.FAILURE_OAUTH_NOT_ACCEPTED, ' OAuth 1.0a: the request token is unknown.');
    return { app_name: directory.app_name, callback: directory.callback };
  }
  if (directory.failure !== undefined) fail(directory.failure, directory.detail);
  if (name === 'AuthorizeOAuth') return { verifier: 'V e/r', callback: directory.callback };
  return { token: 'T', token_secret: 'S+/=' };
}) as unknown as DirectoryCall;

let origin: string;
let close: () => Promise<void>;
const logged: string[] = [];
beforeAll(async () => {
  const { routes } = createOAuth({
    call,
    addresses: { take: async () => undefined, logIn: (_login, _asker, work) => work() },
    public_url: 'http://gateway.test',
    secret: 'a secret of the tests and long enough',
  });
  const edge = await createEdge({ handler: createRoutes({ edgeRoutes: routes, bodyLimit: 100_000 }, logged) });
  origin = `http://127.0.0.1:${edge.port}`;
  close = () => edge.close();
});
beforeEach(
  () =>
    void Object.assign(directory, {
      app_name: 'Photos',
      callback: 'https://app.example.com/back?state=1',
      failure: undefined,
      detail: '',
      unknown: false,
      asked: [],
    }),
);
afterAll(() => close());

const signed =
  'OAuth oauth_consumer_key="k", oauth_token="t", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="n", oauth_signature="s", oauth_callback="oob", oauth_verifier="v"';
const post = (path: string, authorization: string | undefined = signed, body?: string) =>
  fetch(`${origin}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === '' ? {} : { authorization }),
    },
    ...(body === undefined ? {} : { body }),
  });

describe('POST /oauth/initiate and /oauth/token', () => {
  it('answer with a form, which nobody keeps', async () => {
    const initiated = await post('/oauth/initiate');
    expect([initiated.status, await initiated.text()]).toEqual([
      200,
      'oauth_token=T&oauth_token_secret=S%2B%2F%3D&oauth_callback_confirmed=true',
    ]);
    expect(initiated.headers.get('content-type')).toBe('application/x-www-form-urlencoded');
    expect(initiated.headers.get('cache-control')).toContain('no-store');
    expect(initiated.headers.get('correlation-id')).toMatch(/^[\w-]{36}$/);
    const exchanged = await post('/oauth/token');
    expect([exchanged.status, await exchanged.text()]).toEqual([200, 'oauth_token=T&oauth_token_secret=S%2B%2F%3D']);
    expect(directory.asked).toEqual([
      { name: 'InitiateOAuth', request: { signed: expect.objectContaining({ callback: 'oob' }) } },
      { name: 'ExchangeOAuthToken', request: { signed: expect.objectContaining({ token: 't', verifier: 'v' }) } },
    ]);
  });

  it('count the form and the query as signed', async () => {
    await post('/oauth/initiate?b=2', signed, 'a=1+1&c');
    expect(directory.asked[0]?.request).toMatchObject({
      signed: { base_string: expect.stringContaining('initiate&a%3D1%25201%26b%3D2%26c%3D%26oauth_callback%3Doob') },
    });
  });

  it.each([
    [
      '/oauth/initiate',
      '',
      undefined,
      'OAuth 1.0a: the Authorization header must have the form OAuth name="value", name="value".',
    ],
    ['/oauth/initiate', signed.replace('oauth_callback="oob", ', ''), undefined, 'OAuth 1.0a: missing oauth_callback.'],
    ['/oauth/token', signed.replace(', oauth_verifier="v"', ''), undefined, 'OAuth 1.0a: missing oauth_verifier.'],
    [
      '/oauth/token',
      `${signed}, oauth_nonce="m"`,
      undefined,
      'OAuth 1.0a: a parameter of the Authorization header comes twice.',
    ],
    [
      '/oauth/initiate?oauth_token=t',
      signed,
      undefined,
      'OAuth 1.0a: the oauth_ parameters must be in the Authorization header.',
    ],
    [
      '/oauth/initiate',
      signed,
      'oauth_token=t',
      'OAuth 1.0a: the oauth_ parameters must be in the Authorization header.',
    ],
  ])('%s refuses what it cannot understand with 400 (%#)', async (path, authorization, body, reason) => {
    const answer = await post(path, authorization, body);
    expect([answer.status, await answer.text()]).toEqual([400, reason]);
    expect(answer.headers.get('content-type')).toBe('text/plain;charset=utf-8');
    expect(directory.asked).toEqual([]);
  });

  it('hand on the reason of a refusal with 401, and other failures as they are', async () => {
    Object.assign(directory, {
      failure: Failure.FAILURE_OAUTH_NOT_ACCEPTED,
      detail: ' OAuth 1.0a: the nonce has been used already.',
    });
    const refused = await post('/oauth/token');
    expect([refused.status, await refused.text()]).toEqual([401, 'OAuth 1.0a: the nonce has been used already.']);
    expect(refused.headers.get('www-authenticate')).toBe('OAuth realm="http://gateway.test"');
    Object.assign(directory, { failure: Failure.FAILURE_TOO_BUSY, detail: '' });
    expect((await post('/oauth/initiate')).status).toBe(429);
  });

  it('answer to POST alone, under no version', async () => {
    for (const answer of [
      await fetch(`${origin}/oauth/initiate`),
      await fetch(`${origin}/oauth/token`),
      await post('/obp/v5.1.0/oauth/initiate'),
    ])
      expect(answer.status).toBe(404);
  });
});

const decoded = (html: string) => html.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
const fieldOf = (html: string, name: string) =>
  decoded(new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '');
const alertOf = (html: string) => decoded(/<p role="alert">(.*?)<\/p>/.exec(html)?.[1] ?? '');

async function open(token = 'T', cookie?: string) {
  const answer = await fetch(`${origin}/oauth/authorize?oauth_token=${encodeURIComponent(token)}`, {
    headers: cookie === undefined ? {} : { cookie },
  });
  const html = await answer.text();
  return { answer, html, cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '', csrf: fieldOf(html, 'csrf') };
}
async function send(form: Record<string, string> | string, cookie = '') {
  const answer = await fetch(`${origin}/oauth/authorize`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(cookie === '' ? {} : { cookie }) },
  });
  return { answer, status: answer.status, location: answer.headers.get('location'), html: await answer.text() };
}
const login = { oauth_token: 'T', username: 'a user', password: 'p&s=w+rd %41é' };
const asked = () => directory.asked.filter(({ name }) => name === 'AuthorizeOAuth').map(({ request }) => request);

describe('the login page', () => {
  it('needs no script, may load nothing and send its form only here and to the callback', async () => {
    const { answer, html } = await open();
    expect(answer.status).toBe(200);
    const style = /<style>([^]*)<\/style>/.exec(html)?.[1] ?? '';
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html;charset=utf-8',
      'cache-control': expect.stringContaining('no-store'),
      'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self' https: http://localhost:* http://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'set-cookie': expect.stringMatching(/^oauth-login=.*; HttpOnly; SameSite=Lax$/),
    });
    expect(html).not.toMatch(/<script|javascript:|\son\w+=|style=|https?:\/\/(?!app\.example\.com)/i);
  });

  it('says who asks and where the user will be sent, and labels its fields', async () => {
    const { html } = await open();
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(html).toContain('<strong>Photos</strong>');
    expect(decoded(html)).toContain('You will be sent to https://app.example.com/back<');
    for (const id of ['username', 'password'])
      expect(html).toMatch(new RegExp(`<label for="${id}">[^]*<input id="${id}" name="${id}"`));
    directory.callback = 'oob';
    const outOfBand = await open();
    expect(outOfBand.html).toContain('You will be shown a code');
    expect(outOfBand.answer.headers.get('content-security-policy')).toContain("form-action 'self'; frame");
  });

  it('shows names and values as text, whatever they are', async () => {
    directory.app_name = `</strong><script>alert("1")</script><img src=x onerror='alert(2)'>&amp;`;
    directory.callback = 'https://app.example.com/"><script>alert(3)</script>';
    directory.failure = Failure.FAILURE_INVALID_LOGIN_CREDENTIALS;
    const { html, cookie } = await open('"><script>');
    const form = {
      ...login,
      oauth_token: '"><script>',
      username: `"><script>alert(4)</script>' autofocus`,
      csrf: fieldOf(html, 'csrf'),
    };
    const again = await send(form, cookie);
    for (const text of [html, again.html]) {
      expect(text).not.toMatch(/<script|<img|<\/strong><|onerror='/);
      expect(decoded(text)).toContain(directory.app_name);
    }
    expect(again.status).toBe(401);
    expect(fieldOf(again.html, 'username')).toBe(form.username);
    expect(fieldOf(again.html, 'oauth_token')).toBe('"><script>');
    expect(again.html).not.toContain('w+rd');
  });

  it('is refused for an unknown request token, or none, or two', async () => {
    directory.unknown = true;
    for (const query of ['?oauth_token=x', '', '?oauth_token=a&oauth_token=b']) {
      const answer = await fetch(`${origin}/oauth/authorize${query}`);
      const html = await answer.text();
      expect([answer.status, alertOf(html)]).toEqual([400, 'The request token is unknown.']);
      expect(html).not.toContain('<form');
    }
    expect(directory.asked.map(({ request }) => request['token'])).toEqual(['x', '', '']);
  });
});

describe('logging in', () => {
  it.each([
    ['https://app.example.com/back', 'https://app.example.com/back?oauth_token=T&oauth_verifier=V+e%2Fr'],
    ['https://app.example.com/back?', 'https://app.example.com/back?oauth_token=T&oauth_verifier=V+e%2Fr'],
    ['https://app.example.com/back?a=%20b', 'https://app.example.com/back?a=%20b&oauth_token=T&oauth_verifier=V+e%2Fr'],
  ])('leads back to %s', async (callback, location) => {
    directory.callback = callback;
    const { cookie, csrf } = await open();
    const sent = await send({ ...login, csrf }, cookie);
    expect([sent.status, sent.location, sent.html]).toEqual([302, location, '']);
    expect(sent.answer.headers.get('cache-control')).toContain('no-store');
    expect(asked()).toEqual([{ token: 'T', username: 'a user', password: 'p&s=w+rd %41é' }]);
  });

  it('shows the verifier where there is no callback', async () => {
    directory.callback = 'oob';
    const { cookie, csrf } = await open();
    const sent = await send({ ...login, csrf }, cookie);
    expect([sent.status, sent.location]).toEqual([200, null]);
    expect(sent.html).toContain('<code>V e/r</code>');
    expect(sent.answer.headers.get('cache-control')).toContain('no-store');
  });

  it.each([
    [Failure.FAILURE_INVALID_LOGIN_CREDENTIALS, 401, 'The username or the password is not right.'],
    [Failure.FAILURE_USER_LOCKED, 401, 'The account has been locked, please contact an administrator!'],
    [
      Failure.FAILURE_INVALID_JSON_FORMAT,
      400,
      'The username or the password is too long or has characters that cannot be used.',
    ],
    [Failure.FAILURE_TOO_BUSY, 429, 'Too many people log in at this moment. Please try again.'],
  ])(
    'that fails with %d shows the page again with %d, from which the user may go on',
    async (failure, status, alert) => {
      directory.failure = failure;
      const { cookie, csrf } = await open();
      const sent = await send({ ...login, csrf }, cookie);
      expect([sent.status, alertOf(sent.html), fieldOf(sent.html, 'username')]).toEqual([status, alert, 'a user']);
      directory.failure = undefined;
      expect((await send({ ...login, csrf: fieldOf(sent.html, 'csrf') }, cookie)).status).toBe(302);
    },
  );

  it('without the form of this browser and token asks nobody, and shows the page again', async () => {
    const [mine, other, strange] = [await open(), await open('other'), await open()];
    const forms: [Record<string, string>, string][] = [
      [login, ''],
      [login, mine.cookie],
      [{ ...login, csrf: mine.csrf }, ''],
      [{ ...login, csrf: mine.csrf }, strange.cookie],
      [{ ...login, csrf: other.csrf }, mine.cookie],
      [{ ...login, csrf: other.csrf }, other.cookie],
      [{ ...login, csrf: `${mine.csrf}x` }, mine.cookie],
    ];
    for (const [form, cookie] of forms) {
      const sent = await send(form, cookie);
      expect([sent.status, alertOf(sent.html)]).toEqual([
        400,
        'This form was too old or made for another browser. Please log in again; cookies must be allowed.',
      ]);
      expect(fieldOf(sent.html, 'csrf')).not.toBe('');
    }
    expect(asked()).toEqual([]);
  });

  it('with a field twice, or by JSON, or by the query is no login', async () => {
    const { cookie, csrf } = await open();
    const twice = `oauth_token=T&csrf=${csrf}&csrf=${csrf}&username=a&password=b`;
    expect((await send(twice, cookie)).status).toBe(400);
    const json = await fetch(`${origin}/oauth/authorize`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ ...login, csrf }),
    });
    expect(json.status).toBe(400);
    const query = await fetch(`${origin}/oauth/authorize?${new URLSearchParams({ ...login, csrf }).toString()}`, {
      method: 'POST',
      headers: { cookie },
    });
    expect(query.status).toBe(400);
    expect(asked()).toEqual([]);
  });

  it('that cannot go on ends on a page without a form', async () => {
    Object.assign(directory, {
      failure: Failure.FAILURE_OAUTH_NOT_ACCEPTED,
      detail: ' OAuth 1.0a: the request token is unknown, used or older than ten minutes.',
    });
    const { cookie, csrf } = await open();
    const sent = await send({ ...login, csrf }, cookie);
    expect([sent.status, alertOf(sent.html)]).toEqual([
      400,
      'The request token is unknown, used or older than ten minutes.',
    ]);
    expect(sent.html).not.toContain('<form');
    expect(logged).toEqual([]);
  });
});
