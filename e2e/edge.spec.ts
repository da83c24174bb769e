import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRefusal, newCustomer } from './operations.js';
import { type Person, type Platform, startPlatform } from './platform.js';

let platform: Platform;
let bank_id: string;
let person: Person;

beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  person = await platform.person(`CanCreateCustomer@${bank_id}`, `CanGetCustomers@${bank_id}`);
});
afterAll(() => platform.close());

const notFound = (url: string, contentType = '') =>
  `OBP-10404: 404 Not Found. The server could not find the requested URI. Please double check your URL, headers and body. Note: When you are making a POST or PUT request, the Content-Type header MUST be \`application/json\`. Note: OBP only supports JSON formatted bodies.Current Url is (${url}), Current Content-Type Header is (${contentType})`;

describe('the version prefix', () => {
  it.each([
    'v1.2.1',
    'v1.3.0',
    'v1.4.0',
    'v2.0.0',
    'v2.1.0',
    'v2.2.0',
    'v3.0.0',
    'v3.1.0',
    'v4.0.0',
    'v5.0.0',
    'v5.1.0',
    'v6.0.0',
  ])('%s serves all operations alike', async (version) => {
    const { token } = person;
    expect((await platform.send('GET', `/obp/${version}/users/current`, { token })).json.user_id).toBe(person.user_id);
    expect((await platform.send('GET', `/obp/${version}/banks/${bank_id}/customers`, { token })).status).toBe(200);
    expect((await platform.send('GET', `/obp/${version}/root`)).json.version).toBe('v5.1.0');
    expect((await platform.send('GET', `/obp/${version}`)).json.version).toBe('v5.1.0');
  });

  it.each(['v9.9.9', 'v8.0.0', '5.1.0', 'V5.1.0', 'v5.1', 'v5.1.0.0'])('%s is not found', async (version) => {
    expectRefusal(await platform.send('GET', `/obp/${version}/root`), 404, notFound(`/obp/${version}/root`));
  });

  it.each(['/obp', '/root', '/banks', '/OBP/v5.1.0/root', '/obp/v5.1.0/Root', '/obp/v5.1.0/root/x'])(
    'is needed, in its case, by %s',
    async (path) => {
      expectRefusal(await platform.send('GET', path), 404, notFound(path));
    },
  );
});

describe('a path', () => {
  it.each(['//obp//v5.1.0///root//', '/obp/v5.1.0/root/', '/obp/v5.1.0//root?x=1'])(
    'with repeated slashes is the same: %s',
    async (path) => {
      expect((await platform.send('GET', path)).json.version).toBe('v5.1.0');
    },
  );

  it.each(['%', '%zz', '%c3%28', '%ff', 'a%00b', '%ED%A0%80'])('with the bad encoding %s is 400', async (piece) => {
    expectRefusal(await platform.call('GET', `/banks/${piece}`), 400, /^OBP-10034: Invalid URL parameters\./);
    expectRefusal(await platform.call('GET', `/banks?x=${piece}`), 400, /^OBP-10034: Invalid URL parameters\./);
  });

  it.each([
    ['POST', '/root'],
    ['DELETE', '/users/current/user_id'],
    ['PATCH', '/banks'],
    ['PUT', '/banks/x/customers'],
    ['GET', '/banks/x/customers/y/number'],
  ])('with another verb is not found: %s %s', async (verb, path) => {
    expectRefusal(
      await platform.call(verb, path, { body: {}, headers: { 'content-type': 'application/json; charset=utf-8' } }),
      404,
      notFound(`/obp/v5.1.0${path}`, 'application/json; charset=utf-8'),
    );
  });

  it('is told in the refusal with its query', async () => {
    expectRefusal(await platform.call('GET', '/no/such?a=%20b'), 404, notFound('/obp/v5.1.0/no/such?a=%20b'));
  });
});

describe('content types', () => {
  const post = (contentType: string) =>
    platform.call('POST', `/banks/${bank_id}/customers`, {
      token: person.token,
      body: newCustomer,
      headers: { 'content-type': contentType },
    });

  it.each(['application/json', 'application/json;charset=utf-8', 'Application/JSON ; charset=UTF-8', 'text/json'])(
    '%s is JSON',
    async (contentType) => {
      expect((await post(contentType)).status).toBe(201);
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/jsonp',
    'multipart/form-data; boundary=x',
  ])('%s is not found', async (contentType) => {
    expectRefusal(await post(contentType), 404, notFound(`/obp/v5.1.0/banks/${bank_id}/customers`, contentType));
  });

  it('missing is not found', async () => {
    const { status, json } = await platform.call('POST', `/banks/${bank_id}/customers`, { token: person.token });
    expect([status, json.message]).toEqual([404, notFound(`/obp/v5.1.0/banks/${bank_id}/customers`)]);
  });

  it('do not matter to a GET with a body', async () => {
    expect((await platform.call('GET', '/root', { body: {} })).status).toBe(200);
    expect((await platform.call('GET', '/root', { body: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(
      200,
    );
    expect((await platform.call('GET', '/root', { body: '{"a":' })).status).toBe(200);
    expect((await platform.call('GET', '/users/current', { body: '{"a":', token: person.token })).json.user_id).toBe(
      person.user_id,
    );
    expectRefusal(await platform.call('DELETE', '/users/current', { body: '{"a":' }), 400, /^OBP-10001: /);
  });

  it.each([
    ['text/html', 404],
    ['image/png,text/html;q=0.9', 404],
    ['*/*', 200],
    ['application/json', 200],
    ['text/json', 200],
    ['application/*', 200],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 200],
  ])('accepted as %s: %i', async (accept, status) => {
    const answer = await platform.call('GET', '/root', { headers: { accept } });
    expect(answer.status).toBe(status);
    if (status === 404) expectRefusal(answer, 404, notFound('/obp/v5.1.0/root'));
  });
});

describe('headers', () => {
  it('that every answer has, and a Correlation-Id of its own', async () => {
    const answers = await Promise.all([
      platform.call('GET', '/root'),
      platform.call('GET', '/users/current'),
      platform.call('GET', '/no/such', { headers: { 'Correlation-Id': 'mine' } }),
      platform.call('POST', '/banks', { body: '{' }),
      platform.call('OPTIONS', '/banks'),
      platform.send('GET', '/livez'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 400, 204, 200]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'correlation-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(headers).toMatchObject({
        'cache-control': 'no-cache, private, no-store',
        pragma: 'no-cache',
        expires: expect.stringMatching(/ GMT$/),
      });
      expect(headers['x-powered-by']).toBeUndefined();
    }
    expect(new Set(answers.map(({ headers }) => headers['correlation-id'])).size).toBe(answers.length);
    expect(answers.slice(0, 4).map(({ headers }) => headers['content-type'])).toEqual(
      Array(4).fill('application/json;charset=utf-8'),
    );
  });

  it.each(['/obp/v5.1.0/banks', '/no/such/path', '/', '/my/logins/direct'])(
    'of a preflight to %s, without login',
    async (path) => {
      const { status, text, headers } = await platform.send('OPTIONS', path);
      expect([status, text]).toEqual([204, '']);
      expect(headers).toMatchObject({
        'content-type': 'text/plain;charset=utf-8',
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, POST, OPTIONS, PUT, PATCH, DELETE',
        'access-control-allow-headers': expect.stringMatching(/^\*, Authorization, DirectLogin, Content-Type/),
        'access-control-max-age': '1728000',
      });
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    },
  );

  it('ask for a login with every 401 of a missing one, and only then', async () => {
    expect((await platform.call('GET', '/users/current')).headers['www-authenticate']).toMatch(/DirectLogin realm="/);
    expect(
      (await platform.call('GET', '/users/current', { token: person.token })).headers['www-authenticate'],
    ).toBeUndefined();
  });
});

describe('the platform itself', () => {
  it('is live and ready', async () => {
    expect((await platform.send('GET', '/livez')).text).toBe('{"status":"live"}');
    expect((await platform.send('GET', '/readyz')).text).toBe(
      '{"status":"ready","parts":{"directory":"serving","customers":"serving","attributes":"serving","links":"serving","agents":"serving","events":"serving"}}',
    );
  });

  it.each(['/livez', '/readyz', '/', '/explorer/main.js', '/obp/v5.1.0/root', '/obp/v5.1.0/users/current'])(
    'answers HEAD as GET without a body: %s',
    async (path) => {
      const [read, told] = [
        await platform.send('GET', path, { token: person.token }),
        await platform.send('HEAD', path, { token: person.token }),
      ];
      expect([told.status, told.text, told.headers['content-length'], told.headers.etag]).toEqual([
        200,
        '',
        read.headers['content-length'],
        read.headers.etag,
      ]);
    },
  );

  it('says what it is, in the documented order', async () => {
    const { json, headers } = await platform.call('GET', '/root');
    expect(Object.keys(json)).toEqual([
      'version',
      'version_status',
      'git_commit',
      'stage',
      'connector',
      'hostname',
      'local_identity_provider',
      'hosted_by',
      'hosted_at',
      'energy_source',
      'resource_docs_requires_role',
    ]);
    expect(json).toMatchObject({
      version: 'v5.1.0',
      version_status: 'STABLE',
      hosted_by: { organisation: '', email: '', phone: '', organisation_website: '' },
      resource_docs_requires_role: false,
    });
    expect((await platform.call('GET', '/root', { headers: { 'if-none-match': String(headers.etag) } })).status).toBe(
      304,
    );
  });
});
