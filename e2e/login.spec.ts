import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loginHeader, type Person, type Platform, startPlatform, unique } from './platform.js';

let platform: Platform;
let person: Person;
beforeAll(async () => {
  platform = await startPlatform();
  person = await platform.person();
});
afterAll(() => platform.close());

describe('DirectLogin', () => {
  const parameters = (changes: Record<string, string | undefined> = {}) => {
    const { username, password, consumer_key } = person;
    return Object.entries({ username, password, consumer_key, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
  };
  const bare = (changes = {}) =>
    parameters(changes)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ');
  const quoted = (changes = {}) =>
    parameters(changes)
      .map(([name, value]) => `${name}="${value}"`)
      .join(',');
  const logIn = (headers: Record<string, string>, path = '/my/logins/direct', body?: string) =>
    platform.send('POST', path, { headers, ...(body === undefined ? {} : { body }) });
  const refusal = async (headers: Record<string, string>) => {
    const { status, json } = await logIn(headers);
    return [status, json];
  };
  const refused = (code: number, message: string) => [code, { code, message }];

  it.each<[string, () => Record<string, string>]>([
    ['the DirectLogin header', () => ({ DirectLogin: bare() })],
    ['the DirectLogin header in quotes', () => ({ DirectLogin: quoted() })],
    ['the DirectLogin header of another case', () => ({ dIreCtLoGin: bare() })],
    ['the DirectLogin header that repeats the word', () => ({ DirectLogin: `DirectLogin ${bare()}` })],
    ['Authorization: DirectLogin', () => ({ Authorization: `DirectLogin ${bare()}` })],
    ['Authorization: DirectLogin in quotes', () => ({ Authorization: `DirectLogin ${quoted()}` })],
    [
      'the DirectLogin header next to another Authorization',
      () => ({ DirectLogin: bare(), Authorization: 'Basic 123456' }),
    ],
  ])('answers 201 with a token to %s', async (_name, headers) => {
    const { status, json, headers: answered } = await logIn(headers());
    expect(status).toBe(201);
    expect(Object.keys(json)).toEqual(['token']);
    expect(json.token).toMatch(/^[A-Za-z0-9\-._@]{20,}$/);
    expect(answered['content-type']).toMatch(/^application\/json/);
    const current = await platform.call('GET', '/users/current', { token: String(json.token) });
    expect(current.json.username).toBe(person.username);
  });

  it('takes a JSON content type with an empty body, any body otherwise, and no malformed JSON', async () => {
    const headers = { DirectLogin: bare() };
    expect((await logIn({ ...headers, 'Content-Type': 'application/json' }, undefined, '')).status).toBe(201);
    expect((await logIn({ ...headers, 'Content-Type': 'application/json' }, undefined, '{}')).status).toBe(201);
    expect((await logIn({ ...headers, 'Content-Type': 'text/plain' }, undefined, 'not json')).status).toBe(201);
    expect((await logIn({ ...headers, 'Content-Type': 'application/json' }, undefined, 'not json')).json).toMatchObject(
      { code: 400, message: expect.stringMatching(/^OBP-10001: Incorrect json format\./) },
    );
  });

  it.each([
    '/my/logins/direct',
    '//my//logins/direct/',
    '/obp/v5.1.0/my/logins/direct',
    '/obp/v3.1.0/my/logins/direct',
  ])('answers at %s', async (path) => {
    expect((await logIn({ DirectLogin: bare() }, path)).status).toBe(201);
  });

  it('keeps earlier tokens valid', async () => {
    await logIn({ DirectLogin: bare() });
    expect((await platform.call('GET', '/users/current', { token: person.token })).status).toBe(200);
  });

  const missing = (names: string) => `OBP-20002: These DirectLogin parameters are missing:${names}`;
  it.each<[string, () => Record<string, string>, number, string]>([
    ['no header', () => ({}), 400, 'OBP-20082: Missing DirectLogin or Authorization header.'],
    [
      'another Authorization',
      () => ({ Authorization: 'Basic 123456' }),
      400,
      'OBP-20083: Missing DirectLogin word at the value of Authorization header.',
    ],
    ['no parameters', () => ({ DirectLogin: 'nothing' }), 400, missing('username, password, consumer_key')],
    ['no password', () => ({ DirectLogin: bare({ password: undefined }) }), 400, missing('password')],
    ['an empty password', () => ({ DirectLogin: quoted({ password: '' }) }), 400, missing('password')],
    [
      'neither username nor key',
      () => ({ DirectLogin: bare({ username: undefined, consumer_key: undefined }) }),
      400,
      missing('username, consumer_key'),
    ],
    [
      'a strange username',
      () => ({ DirectLogin: bare({ username: 'a$b' }) }),
      400,
      'OBP-20011: Value contains invalid characters',
    ],
    [
      'a strange password',
      () => ({ DirectLogin: bare({ password: 'a\tb' }) }),
      400,
      'OBP-20011: Value contains invalid characters',
    ],
    ['a long username', () => ({ DirectLogin: bare({ username: 'a'.repeat(513) }) }), 400, 'OBP-20010: Value too long'],
    ['a long password', () => ({ DirectLogin: bare({ password: 'a'.repeat(513) }) }), 400, 'OBP-20010: Value too long'],
    [
      'a strange key',
      () => ({ DirectLogin: bare({ consumer_key: 'a_b' }) }),
      400,
      'OBP-35030: The Consumer Key must be alphanumeric. (A-Z, a-z, 0-9)',
    ],
    [
      'a long key',
      () => ({ DirectLogin: bare({ consumer_key: 'a'.repeat(513) }) }),
      400,
      'OBP-35031: The Consumer Key max length <= 512',
    ],
    [
      'an unknown key',
      () => ({ DirectLogin: bare({ consumer_key: 'unknown' }) }),
      401,
      'OBP-20008: Invalid Consumer Key.',
    ],
    [
      'an unknown key and a wrong password',
      () => ({ DirectLogin: bare({ consumer_key: 'unknown', password: 'wrong' }) }),
      401,
      'OBP-20008: Invalid Consumer Key.',
    ],
    [
      'an unknown user',
      () => ({ DirectLogin: bare({ username: `nobody.${unique()}` }) }),
      401,
      'OBP-20004: Invalid login credentials. Check username/password.',
    ],
    [
      'a wrong password',
      () => ({ DirectLogin: bare({ password: 'wrong' }) }),
      401,
      'OBP-20004: Invalid login credentials. Check username/password.',
    ],
  ])('refuses %s', async (_name, headers, code, message) => {
    expect(await refusal(headers())).toEqual(refused(code, message));
  });

  it('locks a user after the sixth wrong password, whatever comes next, and leaves the tokens alone', async () => {
    const locked = await platform.person();
    const wrong = loginHeader({ ...locked, password: 'wrong' });
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const { status, json } = await platform.send('POST', '/my/logins/direct', wrong);
      expect([attempt, status, json.message]).toEqual([
        attempt,
        401,
        'OBP-20004: Invalid login credentials. Check username/password.',
      ]);
    }
    const message = 'OBP-20013: The account has been locked, please contact an administrator!';
    for (const header of [wrong, loginHeader(locked)]) {
      expect((await platform.send('POST', '/my/logins/direct', header)).json).toEqual({ code: 401, message });
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await platform.call('GET', '/users/current', { token: locked.token })).json).toMatchObject({
      user_id: locked.user_id,
    });
  });

  it('forgets wrong passwords at a right one', async () => {
    const clumsy = await platform.person();
    for (let round = 1; round <= 2; round += 1) {
      for (let attempt = 1; attempt <= 5; attempt += 1)
        await platform.send('POST', '/my/logins/direct', loginHeader({ ...clumsy, password: 'wrong' }));
      expect((await platform.send('POST', '/my/logins/direct', loginHeader(clumsy))).status).toBe(201);
    }
  });
});

describe('a DirectLogin token', () => {
  it.each<[string, (token: string) => Record<string, string>]>([
    ['DirectLogin: token=', (token) => ({ DirectLogin: `token=${token}` })],
    ['DirectLogin: token="…"', (token) => ({ directlogin: `token="${token}"` })],
    ['Authorization: DirectLogin token=', (token) => ({ Authorization: `DirectLogin token=${token}` })],
    ['Authorization: DirectLogin token="…"', (token) => ({ authorization: `DirectLogin token="${token}"` })],
  ])('is taken from %s', async (_name, headers) => {
    const { status, json } = await platform.call('GET', '/users/current', { headers: headers(platform.admin.token) });
    expect([status, json.user_id]).toEqual([200, platform.admin.user_id]);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['unknown', { DirectLogin: 'token=unknown' }, 401, 'OBP-20003: This DirectLogin token is invalid or expired:'],
    [
      'missing in its header',
      { DirectLogin: 'username=x' },
      400,
      'OBP-20002: These DirectLogin parameters are missing:token',
    ],
    ['of strange characters', { DirectLogin: 'token=a b' }, 400, 'OBP-20011: Value contains invalid characters'],
    ['too long', { DirectLogin: `token=${'a'.repeat(513)}` }, 400, 'OBP-20010: Value too long'],
    [
      'replaced by Basic',
      { Authorization: 'Basic 123456' },
      401,
      'OBP-20080: Authorization Header format is not supported at this instance.',
    ],
    [
      'replaced by a gateway login',
      { Authorization: 'GatewayLogin token="x"' },
      401,
      'OBP-20080: Authorization Header format is not supported at this instance.',
    ],
  ])('is refused when %s, on protected and public operations alike', async (_name, headers, code, message) => {
    for (const path of ['/users/current', '/banks', '/root']) {
      const answer = await platform.call('GET', path, { headers });
      expect([path, answer.status, answer.json.code]).toEqual([path, code, code]);
      expect(answer.json.message).toContain(message);
    }
  });

  it('is asked for with 401 and WWW-Authenticate', async () => {
    const { status, json, headers } = await platform.call('GET', '/users/current');
    expect([status, json]).toEqual([
      401,
      { code: 401, message: 'OBP-20001: User not logged in. Authentication is required!' },
    ]);
    expect(headers['www-authenticate']).toMatch(/^OAuth realm="([^"]+)", Bearer realm="\1", DirectLogin realm="\1"$/);
  });
});
