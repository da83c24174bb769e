import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { authorization, type Signing } from '../tools/lib/oauth-signature.mjs';
import type { Answer } from './http.js';
import { loginHeader, type Person, type Platform, startOwnPlatform, unique } from './platform.js';

let platform: Platform;
let directory: Client;
let person: Person;
beforeAll(async () => {
  platform = await startOwnPlatform();
  directory = new Client({ connectionString: platform.databases?.['DIRECTORY_DATABASE_URL'] });
  await directory.connect();
  person = await platform.person();
});
afterAll(async () => {
  await directory.end();
  await platform.close();
});

const current = '/obp/v5.1.0/users/current';
const application = (): Signing => ({
  consumer_key: platform.admin.consumer_key,
  consumer_secret: platform.admin.consumer_secret,
});

interface Sent {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** The origin that the client signs. */
  readonly origin?: string;
}
const signed = (
  verb: string,
  path: string,
  signing: Signing,
  { body, headers = {}, origin = platform.origin }: Sent = {},
): Promise<Answer> =>
  platform.send(verb, path, {
    ...(body === undefined ? {} : { body }),
    headers: { Authorization: authorization(verb, `${origin}${path}`, signing), ...headers },
  });

const form = ({ text }: Answer): Record<string, string> => Object.fromEntries(new URLSearchParams(text));
const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
const wellFormed = (answer: Answer): Record<string, string> => {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return form(answer);
};

async function initiate(signing: Signing, oauth_callback = 'http://localhost:5173/api/callback'): Promise<Signing> {
  const answered = wellFormed(
    await signed(
      'POST',
      '/oauth/initiate',
      { ...signing, extra: { oauth_callback } },
      { headers: { ...asForm, 'content-length': '0' } },
    ),
  );
  expect(answered).toEqual({
    oauth_token: expect.any(String),
    oauth_token_secret: expect.any(String),
    oauth_callback_confirmed: 'true',
  });
  return { ...signing, token: answered.oauth_token as string, token_secret: answered.oauth_token_secret as string };
}

/** Opens the login page as a browser does. */
async function openPage({ token = '' }: Signing) {
  const shown = await platform.send('GET', `/oauth/authorize?oauth_token=${token}`);
  const cookie = (shown.headers['set-cookie'] ?? [])[0]?.split(';')[0] ?? '';
  const csrf = /name="csrf" value="([^"]+)"/.exec(shown.text)?.[1] ?? '';
  const submit = (username: string, password: string): Promise<Answer> =>
    platform.send('POST', '/oauth/authorize', {
      headers: { ...asForm, cookie },
      body: new URLSearchParams({ oauth_token: token, csrf, username, password }).toString(),
    });
  return { shown, submit };
}

const exchange = (signing: Signing, oauth_verifier: string) =>
  signed('POST', '/oauth/token', { ...signing, extra: { oauth_verifier } });

/** The whole login, up to an access token. */
async function logIn(who: Pick<Person, 'username' | 'password'>, signing = application()): Promise<Signing> {
  const asked = await initiate(signing);
  const { headers } = await (await openPage(asked)).submit(who.username, who.password);
  const verifier = new URL(headers.location ?? '').searchParams.get('oauth_verifier') ?? '';
  const access = wellFormed(await exchange(asked, verifier));
  return { ...signing, token: access.oauth_token as string, token_secret: access.oauth_token_secret as string };
}

const refusal = (reason: string) => ({
  status: 401,
  json: { code: 401, message: `OBP-20001: User not logged in. Authentication is required! OAuth 1.0a: ${reason}` },
});
const notRight = refusal('the consumer key, the token or the signature is not right.');
const usedAlready = refusal('the nonce has been used already.');

describe('a login by OAuth 1.0a', () => {
  it.each(['HMAC-SHA1', 'HMAC-SHA256'] as const)('goes all the way, signed by %s', async (method) => {
    const asked = await initiate({ ...application(), method }, 'http://localhost:5173/api/callback?state=a%20b');
    const { shown, submit } = await openPage(asked);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('<strong>First application</strong>');
    const sent = await submit(person.username, person.password);
    expect(sent.status).toBe(302);
    const location = new URL(sent.headers.location ?? '');
    expect(location.href).toMatch(/^http:\/\/localhost:5173\/api\/callback\?state=a%20b&oauth_token=/);
    expect(location.searchParams.get('oauth_token')).toBe(asked.token);
    const verifier = location.searchParams.get('oauth_verifier') ?? '';
    const access = wellFormed(await exchange(asked, verifier));
    expect(Object.keys(access)).toEqual(['oauth_token', 'oauth_token_secret']);
    const signing = {
      ...application(),
      method,
      token: access.oauth_token as string,
      token_secret: access.oauth_token_secret as string,
    };
    expect(await signed('GET', current, signing)).toMatchObject({
      status: 200,
      json: { user_id: person.user_id, username: person.username },
    });
    // Neither the verifier nor the request token works again.
    expect(await exchange(asked, verifier)).toMatchObject({ status: 401, text: expect.stringContaining('not right') });
    expect((await submit(person.username, person.password)).status).toBe(400);
    expect((await signed('GET', current, asked)).status).toBe(401);
  });

  it('shows the verifier to a user whose application cannot be returned to', async () => {
    const asked = await initiate(application(), 'oob');
    const sent = await (await openPage(asked)).submit(person.username, person.password);
    expect(sent.status).toBe(200);
    const verifier = /<code>(\w+)<\/code>/.exec(sent.text)?.[1] ?? '';
    expect(Object.keys(wellFormed(await exchange(asked, verifier)))).toContain('oauth_token_secret');
  });

  it.each<[string, (signing: Signing) => Signing, string, number, RegExp]>([
    [
      'a wrong secret',
      (signing) => ({ ...signing, consumer_secret: 'wrong' }),
      'oob',
      401,
      /^OAuth 1\.0a: the consumer key, the token or the signature is not right\.$/,
    ],
    [
      'an unknown key',
      (signing) => ({ ...signing, consumer_key: 'unknown' }),
      'oob',
      401,
      /^OAuth 1\.0a: the consumer key, the token or the signature is not right\.$/,
    ],
    ['a callback that is not registered', (signing) => signing, 'http://evil.example.com/', 401, /callback/],
    ['a callback that is no address', (signing) => signing, 'javascript:alert(1)', 401, /callback/],
  ])('is refused for %s', async (_name, change, oauth_callback, status, reason) => {
    const answer = await signed('POST', '/oauth/initiate', { ...change(application()), extra: { oauth_callback } });
    expect(answer).toMatchObject({ status, text: expect.stringMatching(reason) });
    expect(answer.headers['content-type']).toBe('text/plain;charset=utf-8');
    expect(answer.text).not.toContain(platform.admin.consumer_secret);
  });

  it('goes back only below the registered address of the application, whose name is shown as text', async () => {
    const key = `own-${unique()}`;
    const name = `<script>alert("${key}")</script>`;
    await directory.query(
      "insert into consumer (consumer_id, consumer_key, consumer_secret, app_name, redirect_url, is_enabled, created_at) values ($1, $1, 'its own secret', $2, 'https://app.example.com/back', true, now())",
      [key, name],
    );
    const own = { consumer_key: key, consumer_secret: 'its own secret' };
    const { shown } = await openPage(await initiate(own, 'https://app.example.com/back/here'));
    expect(shown.text).not.toContain('<script');
    expect(shown.text).toContain(`&#60;script&#62;alert(&#34;${key}&#34;)`);
    for (const oauth_callback of [
      'https://app.example.com/backdoor',
      'http://localhost/',
      'https://app.example.com.evil.example.com/back',
    ]) {
      expect((await signed('POST', '/oauth/initiate', { ...own, extra: { oauth_callback } })).status).toBe(401);
    }
  });

  it('needs the form that this browser was given', async () => {
    const [mine, other] = [await initiate(application()), await initiate(application())];
    const { shown } = await openPage(other);
    const foreign = {
      cookie: (shown.headers['set-cookie'] ?? [])[0]?.split(';')[0] ?? '',
      csrf: /name="csrf" value="([^"]+)"/.exec(shown.text)?.[1] ?? '',
    };
    for (const { cookie, csrf } of [foreign, { cookie: '', csrf: '' }, { ...foreign, cookie: '' }]) {
      const body = new URLSearchParams({
        oauth_token: mine.token as string,
        csrf,
        username: person.username,
        password: person.password,
      }).toString();
      const sent = await platform.send('POST', '/oauth/authorize', { headers: { ...asForm, cookie }, body });
      expect(sent).toMatchObject({ status: 400, text: expect.stringContaining('role="alert"') });
    }
  });

  it('locks a user after the sixth wrong password, for every kind of login', async () => {
    const { username, password, ...rest } = await platform.person();
    const { submit } = await openPage(await initiate(application()));
    for (let count = 0; count < 6; count += 1)
      expect(await submit(username, 'wrong')).toMatchObject({
        status: 401,
        text: expect.stringContaining('is not right'),
      });
    for (const one of ['wrong', password])
      expect(await submit(username, one)).toMatchObject({
        status: 401,
        text: expect.stringContaining('has been locked'),
      });
    const direct = await platform.send('POST', '/my/logins/direct', loginHeader({ ...rest, username, password }));
    expect(direct).toMatchObject({ status: 401, json: { message: expect.stringMatching(/^OBP-20013/) } });
  });
});

describe('a signed call', () => {
  let signing: Signing;
  beforeAll(async () => {
    signing = await logIn(person);
  });

  it('may have a query, repeated slashes, another version, a JSON body that is not signed, and a form type without a form', async () => {
    expect((await signed('GET', `${current}?a=%20b+c&%C3%A9=%26%3D&d`, signing)).status).toBe(200);
    expect((await signed('GET', `/${current.replaceAll('/', '//')}`, signing)).status).toBe(200);
    expect(
      (
        await signed('GET', '/obp/v3.0.0/users/current', {
          ...signing,
          realm: 'any, really',
          extra: { oauth_version: '1.0' },
        })
      ).status,
    ).toBe(200);
    expect((await signed('GET', current, signing, { headers: { ...asForm, 'content-length': '0' } })).status).toBe(200);
    await platform.grant(person, 'CanCreateBank');
    const id = `bank.${unique()}`;
    const made = await signed('POST', '/obp/v5.1.0/banks', signing, { body: { id, bank_code: 'CODE' } });
    expect(made).toMatchObject({ status: 201, json: { id } });
  });

  it('may be meant for the public address, or for the one that it is sent to', async () => {
    const headers = { host: 'api.example.com' };
    expect((await signed('GET', current, signing, { headers, origin: 'https://api.example.com' })).status).toBe(200);
    expect(
      (await signed('GET', current, signing, { headers: { host: 'localhost:8080' }, origin: 'http://localhost:8080' }))
        .status,
    ).toBe(200);
    expect(await signed('GET', current, signing, { origin: 'https://api.example.com' })).toMatchObject(notRight);
  });

  it('speaks Connect as well', async () => {
    const answer = await signed('POST', '/obp.directory.v1.UserService/GetCurrentUser', signing, { body: {} });
    expect(answer).toMatchObject({ status: 200, json: { userId: person.user_id } });
  });

  it.each<[string, () => Promise<Answer>, object]>([
    [
      'an altered parameter',
      () =>
        platform.send('GET', `${current}?a=2`, {
          headers: { Authorization: authorization('GET', `${platform.origin}${current}?a=1`, signing) },
        }),
      notRight,
    ],
    [
      'another path',
      () =>
        platform.send('GET', '/obp/v5.1.0/banks', {
          headers: { Authorization: authorization('GET', `${platform.origin}${current}`, signing) },
        }),
      notRight,
    ],
    [
      'another method',
      () =>
        platform.send('GET', current, {
          headers: { Authorization: authorization('PUT', `${platform.origin}${current}`, signing) },
        }),
      notRight,
    ],
    ['a wrong consumer secret', () => signed('GET', current, { ...signing, consumer_secret: 'wrong' }), notRight],
    ['a wrong token secret', () => signed('GET', current, { ...signing, token_secret: 'wrong' }), notRight],
    ['an unknown token', () => signed('GET', current, { ...signing, token: 'unknown' }), notRight],
    [
      'an old timestamp',
      () =>
        signed('GET', current, {
          ...signing,
          extra: { oauth_timestamp: String(Math.floor(Date.now() / 1_000) - 310) },
        }),
      refusal('the timestamp is more than 300 seconds off.'),
    ],
    [
      'PLAINTEXT',
      () => signed('GET', current, { ...signing, extra: { oauth_signature_method: 'PLAINTEXT' } }),
      refusal('oauth_signature_method must be HMAC-SHA1 or HMAC-SHA256.'),
    ],
    ['no token', () => signed('GET', current, application()), refusal('missing oauth_token.')],
    [
      'its parameters in the query',
      () => signed('GET', `${current}?oauth_token=x`, signing),
      refusal('the oauth_ parameters must be in the Authorization header.'),
    ],
  ])('with %s is refused', async (_name, call, expected) => {
    expect(await call()).toMatchObject(expected);
  });

  it('that comes again is refused; of many at the same time exactly one passes', async () => {
    const headers = { Authorization: authorization('GET', `${platform.origin}${current}`, signing) };
    expect((await platform.send('GET', current, { headers })).status).toBe(200);
    expect(await platform.send('GET', current, { headers })).toMatchObject(usedAlready);
    const once = { Authorization: authorization('GET', `${platform.origin}${current}`, signing) };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => platform.send('GET', current, { headers: once })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(401)]);
  });

  it('that lacks a role says so, and works as soon as the role is granted', async () => {
    const other = await platform.person();
    const own = await logIn(other);
    const path = '/obp/v5.1.0/banks';
    const body = () => ({ id: `bank.${unique()}`, bank_code: 'CODE' });
    expect(await signed('POST', path, own, { body: body() })).toMatchObject({
      status: 403,
      json: { message: 'OBP-20006: User is missing one or more roles: CanCreateBank' },
    });
    await platform.grant(other, 'CanCreateBank');
    expect((await signed('POST', path, own, { body: body() })).status).toBe(201);
  });

  it('ends with its application or its user', async () => {
    const other = await platform.person();
    const key = `ends-${unique()}`;
    await directory.query(
      "insert into consumer (consumer_id, consumer_key, consumer_secret, app_name, is_enabled, created_at) values ($1, $1, 'its own secret', 'Ends', true, now())",
      [key],
    );
    const own = await logIn(other, { consumer_key: key, consumer_secret: 'its own secret' });
    expect((await signed('GET', current, own)).status).toBe(200);
    await directory.query('update consumer set is_enabled = false where consumer_key = $1', [key]);
    expect(await signed('GET', current, own)).toMatchObject({
      status: 401,
      json: { code: 401, message: 'OBP-20058: Consumer is disabled.' },
    });
    await directory.query('update app_user set is_deleted = true where user_id = $1', [other.user_id]);
    expect(await signed('GET', current, own)).toMatchObject({
      status: 401,
      json: { message: expect.stringMatching(/^OBP-20064/) },
    });
  });
});

describe('npm run oauth:call', () => {
  const run = (args: string[], password = platform.admin.password) =>
    promisify(execFile)(
      process.execPath,
      [join(__dirname, '../tools/oauth-call.mjs'), '--username', platform.admin.username, ...args],
      {
        env: {
          ...process.env,
          OBP_PASSWORD: password,
          OBP_CONSUMER_KEY: platform.admin.consumer_key,
          OBP_CONSUMER_SECRET: platform.admin.consumer_secret,
        },
      },
    );

  it('logs in and prints the answer of the signed call', async () => {
    const { stdout } = await run(['GET', `${platform.origin}${current}`]);
    expect(JSON.parse(stdout)).toMatchObject({ user_id: platform.admin.user_id });
    const posted = await run([
      '--sha256',
      'POST',
      `${platform.origin}/obp/v5.1.0/my/user/attributes`,
      '{"name":"A","type":"STRING","value":"b c"}',
    ]);
    expect(JSON.parse(posted.stdout)).toMatchObject({ name: 'A', value: 'b c' });
  });

  it('says why it failed', async () => {
    await expect(run(['GET', `${platform.origin}${current}`], 'wrong')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('oauth:call: '),
    });
    await expect(run([])).rejects.toMatchObject({ code: 2, stdout: expect.stringContaining('npm run oauth:call') });
  });
});
