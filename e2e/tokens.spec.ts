import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createGatewayService, gatewaySettings } from '@platform/gateway';
import { readSettings } from '@platform/runtime';
import { createSend, type Send } from './http.js';
import { expectStatus, loginHeader, type Person, type Platform, startOwnPlatform } from './platform.js';

let platform: Platform;
let second: Awaited<ReturnType<typeof createGatewayService>>;
let other: ReturnType<typeof createSend>;
beforeAll(async () => {
  platform = await startOwnPlatform({ TOKEN_IDLE_MINUTES: '15' });
  const at = (name: keyof NonNullable<Platform['ports']>) => `127.0.0.1:${platform.ports?.[name] ?? 0}`;
  second = await createGatewayService(
    readSettings(gatewaySettings, {
      PORT: '0',
      LOG_LEVEL: 'silent',
      DRAIN_LINGER_MS: '0',
      CALLER_SECRET: platform.caller_secret,
      PUBLIC_URL: 'https://api.example.com',
      DIRECTORY_ADDRESS: at('directory'),
      CUSTOMERS_ADDRESS: at('customers'),
      ATTRIBUTES_ADDRESS: at('attributes'),
      LINKS_ADDRESS: at('links'),
      AGENTS_ADDRESS: at('agents'),
    }),
    {},
  );
  other = createSend(`http://127.0.0.1:${second.port}`);
});
afterAll(async () => {
  other?.close();
  await second?.close();
  await platform?.close();
});

const newToken = async (person: Person): Promise<string> =>
  String((await expectStatus(201, platform.send('POST', '/my/logins/direct', loginHeader(person)))).json.token);
const own = async (token: string) =>
  (await expectStatus(200, platform.call('GET', '/my/tokens', { token }))).json.tokens as Record<string, string>[];
const end = async (token: string, token_id: string) =>
  (await expectStatus(200, platform.call('DELETE', `/my/tokens/${token_id}`, { token }))).text;

describe('the tokens of a user', () => {
  it('are seen without what opens anything', async () => {
    const person = await platform.person();
    const token = await newToken(person);
    const listed = await own(token);
    expect(listed.map((one) => Object.keys(one))).toEqual(
      Array(2).fill(['token_id', 'type', 'consumer_id', 'app_name', 'created', 'last_used', 'expires']),
    );
    expect(listed[0]).toMatchObject({
      type: 'DirectLogin',
      app_name: 'First application',
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(Date.parse(listed[0]?.['expires'] ?? '') - Date.parse(listed[0]?.['last_used'] ?? '')).toBe(15 * 60_000);
    for (const secret of [token, person.token]) expect(JSON.stringify(listed)).not.toContain(secret);
    expect((await platform.call('GET', '/users/current', { token: listed[0]?.['token_id'] })).status).toBe(401);
  });

  it('end for one user alone', async () => {
    const [person, stranger] = [await platform.person(), await platform.person()];
    const token_id = (await own(person.token))[0]?.['token_id'] as string;
    expect(await end(stranger.token, token_id)).toBe('false');
    expect(await own(person.token)).toHaveLength(1);
    expect((await platform.call('GET', '/my/tokens')).json.message).toBe(
      'OBP-20001: User not logged in. Authentication is required!',
    );
    expect((await platform.call('DELETE', `/my/tokens/${token_id}`)).status).toBe(401);
  });
});

describe('a token that is ended', () => {
  it('opens nothing within a second, at each gateway, though it is in steady use; others of the user go on', async () => {
    const person = await platform.person();
    const doomed = await newToken(person);
    const [id] = (await own(doomed)).map(({ token_id }) => token_id as string);
    const gateways: Record<string, Send> = { first: platform.send, second: other.send };
    const status = async (send: Send) => (await send('GET', '/obp/v5.1.0/users/current', { token: doomed })).status;
    for (const send of Object.values(gateways)) expect(await status(send)).toBe(200);
    expect(await end(person.token, id as string)).toBe('true');
    const since = Date.now();
    const ends = await Promise.all(
      Object.values(gateways).map(async (send) => {
        while ((await status(send)) === 200 && Date.now() - since < 5_000)
          await new Promise((resolve) => setTimeout(resolve, 10));
        return Date.now() - since;
      }),
    );
    for (const ended of ends) expect(ended).toBeLessThan(1_000);
    expect((await platform.call('GET', '/users/current', { token: doomed })).json.message).toBe(
      'OBP-20003: This DirectLogin token is invalid or expired:',
    );
    expect(await own(person.token)).toHaveLength(1);
    expect(await end(person.token, id as string)).toBe('false');
  });

  it('can be the one that asks', async () => {
    const person = await platform.person();
    const [id] = (await own(person.token)).map(({ token_id }) => token_id as string);
    expect(await end(person.token, id as string)).toBe('true');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await platform.call('GET', '/my/tokens', { token: person.token })).status).toBe(401);
  });
});
