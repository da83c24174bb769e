import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loginHeader, type Platform, startOwnPlatform, unique } from './platform.js';

let platform: Platform;
beforeAll(async () => {
  platform = await startOwnPlatform({ LOGINS_PER_ADDRESS_AND_MINUTE: '5', ANONYMOUS_WRITES_PER_ADDRESS_AND_HOUR: '3', MAX_BAD_LOGINS_PER_ADDRESS: '1000000' });
});
afterAll(() => platform?.close());

describe('one address', () => {
  it('logs in as often as is allowed; what comes then is 429 before anything is done, and says when to come again', async () => {
    const answers = [];
    for (let count = 0; count < 8; count += 1) answers.push(await platform.send('POST', '/my/logins/direct', loginHeader(platform.admin)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toEqual([...statuses].sort());
    const refused = answers.filter(({ status }) => status === 429);
    // Those who set the platform up logged in from here too, and a minute may begin in between.
    expect(refused.length).toBeGreaterThanOrEqual(1);
    const [first] = refused;
    expect(first?.json).toEqual({ code: 429, message: 'OBP-10018: Too Many Requests. We only allow 5 logins per minute from one address.' });
    expect(Number(first?.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(first?.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await platform.call('GET', '/users/current', { token: platform.admin.token })).status).toBe(200);
  });

  it('makes as many users without a login as is allowed', async () => {
    const create = () =>
      platform.call('POST', '/users', { body: { email: `${unique()}@example.com`, username: `someone.${unique()}`, password: 'Long-Enough-Passw0rd', first_name: 'Eveline', last_name: 'Tripman' } });
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await create()).status);
    expect(statuses).toEqual([...statuses].sort());
    expect(statuses.at(-1)).toBe(429);
    expect((await platform.call('GET', '/users/current', { token: platform.admin.token })).status).toBe(200);
  });
});
