import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorization } from '../tools/lib/oauth-signature.mjs';
import type { Answer } from './http.js';
import { loginHeader, type Platform, startOwnPlatform, unique } from './platform.js';

// The defaults apply, because an empty setting counts as absent. Each case uses its own address, so that the counts are
// exact.
const defaults = {
  LOGINS_PER_ADDRESS_AND_MINUTE: '',
  WRONG_PASSWORDS_PER_ADDRESS_AND_HOUR: '',
  ANONYMOUS_WRITES_PER_ADDRESS_AND_HOUR: '',
};
let platform: Platform;
beforeAll(async () => {
  platform = await startOwnPlatform({ ...defaults, TRUSTED_PROXIES: 'loopback' });
});
afterAll(() => platform?.close());

const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
const logIn = (address: string, login: Partial<Parameters<typeof loginHeader>[0]> = {}): Promise<Answer> =>
  platform.send('POST', '/my/logins/direct', {
    headers: { ...loginHeader({ ...platform.admin, ...login }).headers, 'X-Forwarded-For': address },
  });
/** A login that is refused before its password is checked. */
const cheap = (address: string): Promise<Answer> => logIn(address, { consumer_key: 'nobodys-key' });

/** Requests a request token, with which a user may log in. */
const initiate = (address: string): Promise<Answer> => {
  const { consumer_key, consumer_secret } = platform.admin;
  const signature = authorization('POST', `${platform.origin}/oauth/initiate`, {
    consumer_key,
    consumer_secret,
    extra: { oauth_callback: 'oob' },
  });
  return platform.send('POST', '/oauth/initiate', {
    headers: { ...asForm, Authorization: signature, 'X-Forwarded-For': address, 'content-length': '0' },
  });
};

/** Makes many requests, a few at a time. @returns the number of responses by status */
async function statuses(count: number, work: () => Promise<Answer>): Promise<Record<number, number>> {
  const seen: Record<number, number> = {};
  for (let done = 0; done < count; done += 4) {
    for (const { status } of await Promise.all(Array.from({ length: Math.min(4, count - done) }, work)))
      seen[status] = (seen[status] ?? 0) + 1;
  }
  return seen;
}

/** @returns the seconds after which to retry */
function expectRefusal(answer: Answer, words: string): number {
  expect(answer.json).toEqual({
    code: 429,
    message: `OBP-10018: Too Many Requests. We only allow ${words} from one address.`,
  });
  return Number(answer.headers['retry-after']);
}

describe('one address', () => {
  it('logs in 120 times a minute, by whatever way, and others go on', async () => {
    expect(await statuses(119, () => cheap('198.51.100.1'))).toEqual({ 401: 119 });
    expect((await initiate('198.51.100.1')).status).toBe(200);
    const refused = await logIn('198.51.100.1');
    const seconds = expectRefusal(refused, '120 logins per minute');
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(await initiate('198.51.100.1')).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    });
    expect((await logIn('198.51.100.2')).status).toBe(201);
    expect(
      (
        await platform.send('GET', '/obp/v5.1.0/users/current', {
          token: platform.admin.token,
          headers: { 'X-Forwarded-For': '198.51.100.1' },
        })
      ).status,
    ).toBe(200);
  });

  it('is one network of an IPv6 client', async () => {
    let host = 0;
    expect(await statuses(120, () => cheap(`2001:db8:1:2::${(host += 1).toString(16)}`))).toEqual({ 401: 120 });
    expectRefusal(await cheap('2001:db8:1:2::ffff'), '120 logins per minute');
    expect((await cheap('2001:db8:1:3::1')).status).toBe(401);
  });

  it('gives 100 wrong passwords an hour, whosesoever', async () => {
    expect(
      await statuses(100, () =>
        logIn('198.51.100.3', { username: `nobody.${unique()}`, password: 'a wrong password' }),
      ),
    ).toEqual({ 401: 100 });
    const seconds = expectRefusal(await logIn('198.51.100.3'), '100 wrong passwords per hour');
    expect(seconds).toBeGreaterThan(3_000);
    expect(seconds).toBeLessThanOrEqual(3_600);
    expect((await logIn('198.51.100.4')).status).toBe(201);
  });

  it('writes 200 times an hour without a login, over REST and Connect', async () => {
    const create = () =>
      platform.send('POST', '/obp/v5.1.0/users', { body: {}, headers: { 'X-Forwarded-For': '198.51.100.5' } });
    expect(await statuses(200, create)).toEqual({ 400: 200 });
    expect(expectRefusal(await create(), '200 anonymous writes per hour')).toBeGreaterThan(3_000);
    const rpc = (address: string) =>
      platform.send('POST', '/obp.directory.v1.UserService/CreateUser', {
        body: {},
        headers: { 'X-Forwarded-For': address },
      });
    expect(await rpc('198.51.100.5')).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^3\d{3}$/) },
      json: { code: 'resource_exhausted' },
    });
    expect((await rpc('198.51.100.6')).status).toBe(400);
    expect(
      (await platform.send('GET', '/obp/v5.1.0/banks', { headers: { 'X-Forwarded-For': '198.51.100.5' } })).status,
    ).toBe(200);
  });

  it('says on the login page when to come again', async () => {
    const { admin } = platform;
    expect(await statuses(119, () => cheap('198.51.100.7'))).toEqual({ 401: 119 });
    const token = new URLSearchParams((await initiate('198.51.100.8')).text).get('oauth_token') ?? '';
    const address = { 'X-Forwarded-For': '198.51.100.7' };
    const page = await platform.send('GET', `/oauth/authorize?oauth_token=${token}`, { headers: address });
    const cookie = (page.headers['set-cookie'] ?? [])[0]?.split(';')[0] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const submit = (password: string) =>
      platform.send('POST', '/oauth/authorize', {
        headers: { ...asForm, ...address, cookie },
        body: new URLSearchParams({ oauth_token: token, csrf, username: admin.username, password }).toString(),
      });
    expect((await submit('a wrong password')).status).toBe(401);
    const refused = await submit(admin.password);
    expect([refused.status, refused.text.includes('Too many logins came from your address.')]).toEqual([429, true]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });
});
