import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorization, type Signing } from '../../tools/lib/oauth-signature.mjs';
import { type Answer, createSend, type Send } from '../http.js';
import { expectStatus, type Person, type Platform, startPlatform, unique } from '../platform.js';

// Hello-OBP-OAuth1.0a-Node (5accd8c): it signs with HMAC-SHA1 and creates the customers of a file, each for the user
// with its e-mail address.

let platform: Platform;
let bank_id: string;
let officer: Person;
beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  officer = await platform.person('CanGetAnyUser', `CanCreateCustomer@${bank_id}`, 'CanCreateEntitlementAtAnyBank');
});
afterAll(() => platform.close());

/**
 * Sends as its library does: every request has the length and the type of its body; without a body the type is a form.
 */
function openClient(apiHost: string) {
  const { send: sendTo, close } = createSend(apiHost);
  const send = (verb: string, url: string, signing: Signing, body?: object): ReturnType<Send> => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      Authorization: authorization(verb, url, signing),
      Accept: '*/*',
      'User-Agent': 'Node authentication',
      Connection: 'close',
      'Content-length': String(Buffer.byteLength(text)),
      'Content-Type': body === undefined ? 'application/x-www-form-urlencoded' : 'application/json',
    };
    return sendTo(verb, url.slice(apiHost.length), { headers, ...(text === '' ? {} : { body: text }) });
  };
  return { send, close };
}

const parsed = ({ text }: Answer) => JSON.parse(text) as unknown;

describe('Hello-OBP-OAuth1.0a-Node', () => {
  let client: ReturnType<typeof openClient>;
  let signing: Signing;
  beforeAll(() => {
    client = openClient(platform.origin);
  });
  afterAll(() => client.close());
  const get = (path: string) => client.send('GET', platform.origin + path, signing);

  it('logs in', async () => {
    const application = { consumer_key: officer.consumer_key, consumer_secret: officer.consumer_secret };
    const tokens = async (path: string, given: Signing): Promise<Signing> => {
      const results = new URLSearchParams(
        (await expectStatus(200, client.send('POST', platform.origin + path, given))).text,
      );
      return {
        ...application,
        token: results.get('oauth_token') ?? '',
        token_secret: results.get('oauth_token_secret') ?? '',
      };
    };
    const asked = await tokens('/oauth/initiate', {
      ...application,
      extra: { oauth_callback: 'http://127.0.0.1:8085/callback' },
    });
    const page = await fetch(`${platform.origin}/oauth/authorize?oauth_token=${asked.token}`);
    const [cookie = ''] = page.headers.getSetCookie().map((line) => line.split(';')[0]);
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(await page.text()) ?? [];
    const form = new URLSearchParams({
      oauth_token: asked.token ?? '',
      csrf,
      username: officer.username,
      password: officer.password,
    });
    const back = await fetch(`${platform.origin}/oauth/authorize`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie },
      body: form,
    });
    const oauth_verifier = new URL(back.headers.get('location') ?? '').searchParams.get('oauth_verifier') ?? '';
    signing = await tokens('/oauth/token', { ...asked, extra: { oauth_verifier } });
    expect(parsed(await expectStatus(200, get('/obp/v3.1.0/users/current')))).toMatchObject({
      user_id: officer.user_id,
    });
  });

  it('shows the accounts of the user, which have ids', async () => {
    const { accounts } = parsed(await expectStatus(200, get('/obp/v3.0.0/my/accounts'))) as { accounts: unknown[] };
    expect(Array.isArray(accounts)).toBe(true);
  });

  it('finds the user of each customer by the address, and makes the customer', async () => {
    const email = `load.${unique()}@example.com`;
    const { json: user } = await expectStatus(
      201,
      platform.call('POST', '/users', {
        body: {
          username: `user.${unique()}`,
          password: `pass word ${unique()}`,
          email,
          first_name: 'Some',
          last_name: 'One',
        },
      }),
    );
    // As in the file of customers that comes with a sandbox.
    const customer = {
      customer_number: unique(),
      legal_name: 'Robert Xuk',
      mobile_phone_number: '+44 7700 900111',
      email,
      face_image: { url: 'https://example.com/face.jpg', date: '2014-01-22T00:08:00Z' },
      date_of_birth: '1979-03-14T00:00:00Z',
      relationship_status: 'single',
      dependants: 1,
      dob_of_dependants: ['2001-01-01T00:00:00Z'],
      highest_education_attained: 'Masters',
      employment_status: 'employed',
      kyc_status: true,
      last_ok_date: '2014-01-22T00:08:00Z',
    };
    const { users } = parsed(await expectStatus(200, get(`/obp/v3.1.0/users/${customer.email}`))) as {
      users: { user_id: string }[];
    };
    expect(users[0]?.user_id).toBe(user.user_id);
    const created = await expectStatus(
      201,
      client.send('POST', `${platform.origin}/obp/v3.1.0/banks/${bank_id}/customers`, signing, {
        user_id: users[0]?.user_id,
        ...customer,
      }),
    );
    expect(parsed(created)).toMatchObject({ ...customer, customer_id: expect.any(String), bank_id });
  });

  it('grants the user of its settings a role at each bank', async () => {
    const body = { bank_id, role_name: 'CanCreateUserCustomerLink' };
    expect(
      parsed(
        await expectStatus(
          201,
          client.send('POST', `${platform.origin}/obp/v3.1.0/users/${officer.user_id}/entitlements`, signing, body),
        ),
      ),
    ).toMatchObject(body);
  });
});
