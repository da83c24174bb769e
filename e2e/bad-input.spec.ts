import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from './http.js';
import { allRoles, type At, expectRefusal, newCustomer, type Operation, operation, operations } from './operations.js';
import { type Person, type Platform, startPlatform, unique } from './platform.js';

type Body = Record<string, unknown>;

let platform: Platform;
let at: At;
let person: Person;
let foreign_id: string;

beforeAll(async () => {
  platform = await startPlatform();
  const bank_id = await platform.bank();
  const other = await platform.bank();
  person = await platform.person(
    ...allRoles(bank_id),
    ...allRoles(other).filter((role) => role.includes('@')),
    'CanCreateBank',
    'CanCreateEntitlementAtAnyBank',
    'CanDeleteEntitlementAtAnyBank',
  );
  const create = async (bank: string) =>
    (await platform.call('POST', `/banks/${bank}/customers`, { token: person.token, body: newCustomer })).json;
  const { customer_id, customer_number } = await create(bank_id);
  at = { bank_id, customer_id: String(customer_id), customer_number: String(customer_number) };
  foreign_id = String((await create(other)).customer_id);
});
afterAll(() => platform.close());

const run = ({ verb, path }: Pick<Operation, 'verb' | 'path'>, body?: unknown, where = at) =>
  platform.call(verb, path(where), { token: person.token, ...(body === undefined ? {} : { body }) });

/** Everything that bad input could have changed. On an external platform, other clients write at other banks. */
async function stored(): Promise<string> {
  const own = [`/banks/${at.bank_id}/customers?limit=100000`, `/banks/${at.bank_id}`, '/users/current'];
  const paths = platform.ports === undefined ? own : [...own, '/customers-minimal?limit=100000', '/banks'];
  const answers = await Promise.all(paths.map((path) => platform.call('GET', path, { token: person.token })));
  return answers.map(({ text }) => text).join('\n');
}

/** Sends bad requests, and asserts that all responses are 4xx in OBP JSON and that nothing is stored. */
async function expectAllRefused(requests: [name: string, send: () => Promise<Answer>][]): Promise<void> {
  const before = await stored();
  const wrong: string[] = [];
  for (const [name, send] of requests) {
    const { status, json, text } = await send();
    const fine =
      status >= 400 &&
      status < 500 &&
      json.code === status &&
      /^OBP-\d{5}: /.test(String(json.message)) &&
      Object.keys(json).join() === 'code,message';
    if (!fine) wrong.push(`${name}: ${status} ${text.slice(0, 200)}`);
  }
  expect(wrong).toEqual([]);
  expect(await stored()).toBe(before);
}

/** Values that each kind of member refuses; text members also have their own limits. */
const others: Record<string, readonly unknown[]> = {
  text: [{}, [], ['a'], { a: 1 }],
  integer: ['1', true, {}, [], 2_147_483_648, -2_147_483_649, 1e300],
  boolean: ['true', 0, 1, {}, []],
  date: [
    '2023-02-30',
    '2023-02-30T00:00:00Z',
    '2023-13-01',
    '2023-00-01',
    '2023-01-00',
    '0000-01-01',
    '2024-03-05T24:00:00Z',
    '2024-03-05T00:60:00Z',
    '2024-03-05T00:00:60Z',
    '2024-03-05T12:14:22+0100',
    '2024-03-05T12:14:22',
    '2024-3-5',
    '19900101',
    '',
    'yesterday',
    1,
    true,
    {},
    [],
  ],
  object: ['x', 1, true, []],
  list: ['x', 1, {}, [1], ['2023-02-30'], [{}]],
};

type Member = readonly [path: string, kind: keyof typeof others, limit?: number];

const members: Record<string, readonly Member[]> = {
  createCustomer: [
    ['legal_name', 'text', 255],
    ['customer_number', 'text', 50],
    ['mobile_phone_number', 'text', 50],
    ['email', 'text', 200],
    ['face_image', 'object'],
    ['face_image.url', 'text', 2000],
    ['face_image.date', 'date'],
    ['date_of_birth', 'date'],
    ['relationship_status', 'text', 255],
    ['dependants', 'integer'],
    ['dob_of_dependants', 'list'],
    ['credit_rating', 'object'],
    ['credit_rating.rating', 'text', 100],
    ['credit_rating.source', 'text', 100],
    ['credit_limit', 'object'],
    ['credit_limit.currency', 'text', 100],
    ['credit_limit.amount', 'text', 100],
    ['highest_education_attained', 'text', 255],
    ['employment_status', 'text', 255],
    ['kyc_status', 'boolean'],
    ['last_ok_date', 'date'],
    ['title', 'text', 255],
    ['branch_id', 'text'],
    ['name_suffix', 'text', 255],
  ],
  getCustomerByCustomerNumber: [['customer_number', 'text']],
  getCustomersByLegalName: [['legal_name', 'text']],
  getCustomersByCustomerPhoneNumber: [['mobile_phone_number', 'text']],
  updateCustomerBranch: [['branch_id', 'text', 255]],
  updateCustomerCreditLimit: [
    ['credit_limit', 'object'],
    ['credit_limit.currency', 'text', 100],
    ['credit_limit.amount', 'text', 100],
  ],
  updateCustomerCreditRatingAndSource: [
    ['credit_rating', 'text', 100],
    ['credit_source', 'text', 100],
  ],
  updateCustomerEmail: [['email', 'text', 200]],
  updateCustomerIdentity: [
    ['legal_name', 'text', 255],
    ['date_of_birth', 'date'],
    ['title', 'text', 255],
    ['name_suffix', 'text', 255],
  ],
  updateCustomerMobileNumber: [['mobile_phone_number', 'text', 50]],
  updateCustomerNumber: [['customer_number', 'text', 50]],
  updateCustomerData: [
    ['face_image', 'object'],
    ['face_image.url', 'text', 2000],
    ['face_image.date', 'date'],
    ['relationship_status', 'text', 255],
    ['dependants', 'integer'],
    ['highest_education_attained', 'text', 255],
    ['employment_status', 'text', 255],
  ],
};

/** A body with all members of its nested objects, so that each member can be made wrong. */
const filled = (name: string): Body => ({
  ...operation(name).body?.(at),
  ...(name === 'createCustomer'
    ? {
        face_image: { url: 'u', date: null },
        credit_rating: { rating: 'r', source: 's' },
        credit_limit: { currency: 'EUR', amount: '1' },
      }
    : {}),
});

/** The body with one member replaced, or removed when no value is given. */
function spoilt(body: Body, path: string, value?: unknown): Body {
  const [outer = '', inner] = path.split('.');
  const { [outer]: old, ...rest } = body;
  if (inner !== undefined) return { ...rest, [outer]: spoilt(old as Body, inner, value) };
  return value === undefined ? rest : { ...rest, [outer]: value };
}

describe.each(Object.entries(members))('%s refuses', (name, all) => {
  it.each(all.map(([path, kind, limit]) => ({ path, kind, limit })))(
    'a wrong $path ($kind), naming it',
    async ({ path, kind, limit }) => {
      const one = operation(name);
      const bodies = (others[kind] ?? []).map((value): [string, Body] => [
        JSON.stringify(value),
        spoilt(filled(name), path, value),
      ]);
      await expectAllRefused(bodies.map(([title, body]) => [title, () => run(one, body)]));
      for (const [, body] of bodies) expect((await run(one, body)).json.message).toContain(path);
      if (limit !== undefined) {
        const answer = await run(one, spoilt(filled(name), path, 'x'.repeat(limit + 1)));
        expectRefusal(answer, 400, new RegExp(`^OBP-10001: Incorrect json format\\. .*${path}.*\\b${limit}\\b`));
      }
    },
  );

  it('a member that is missing or null where it must not be', async () => {
    const one = operation(name);
    const required =
      name === 'createCustomer'
        ? [
            'legal_name',
            'mobile_phone_number',
            'face_image.url',
            'credit_rating.rating',
            'credit_rating.source',
            'credit_limit.currency',
            'credit_limit.amount',
          ]
        : all.map(([path]) => path);
    const nullable = new Set(all.filter(([, kind]) => kind === 'date').map(([path]) => path));
    // The date of the face image may be absent, like any optional member.
    const missing = required
      .filter((path) => path !== 'face_image.date')
      .map((path): [string, () => Promise<Answer>] => [`${path} missing`, () => run(one, spoilt(filled(name), path))]);
    const nulls = required
      .filter((path) => !nullable.has(path))
      .map((path): [string, () => Promise<Answer>] => [
        `${path} null`,
        () => run(one, spoilt(filled(name), path, null)),
      ]);
    await expectAllRefused([...missing, ...nulls]);
  });
});

it('every operation with a body is covered above', () => {
  expect(
    operations
      .filter(({ body }) => body !== undefined)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(members).sort());
});

describe('every operation', () => {
  const odd = [
    'unknown',
    'x'.repeat(256),
    'x'.repeat(4_000),
    '%F0%9F%98%80',
    '..',
    '.',
    '%2E%2E%2Fadmin',
    '%00',
    '%',
    'a%20b',
    "'%3B--",
    '::::',
    '*',
    'undefined',
    'null',
    '%EF%BF%BF',
  ];

  it('refuses odd customer ids and those of another bank', async () => {
    const ids = [...odd, foreign_id];
    const withId = operations.filter(({ path }) => path({ ...at, customer_id: '<id>' }).includes('<id>'));
    expect(withId).toHaveLength(9);
    await expectAllRefused(
      withId.flatMap((one) =>
        ids.map((customer_id): [string, () => Promise<Answer>] => [
          `${one.name} ${customer_id.slice(0, 20)}`,
          () => run(one, one.body?.(at), { ...at, customer_id }),
        ]),
      ),
    );
  });

  it('refuses odd bank ids', async () => {
    const withBank = operations.filter(({ path }) => path({ ...at, bank_id: '<id>' }).includes('<id>'));
    expect(withBank).toHaveLength(15);
    await expectAllRefused(
      withBank.flatMap((one) =>
        odd.map((bank_id): [string, () => Promise<Answer>] => [
          `${one.name} ${bank_id.slice(0, 20)}`,
          () => run(one, one.body?.(at), { ...at, bank_id }),
        ]),
      ),
    );
  });

  it('refuses repeated query parameters', async () => {
    await expectAllRefused(
      operations.map((one) => [
        one.name,
        () => run({ ...one, path: (where) => `${one.path(where)}?limit=1&limit=1` }, one.body?.(at)),
      ]),
    );
  });

  it('with a body refuses another content type, no body, and what is no object', async () => {
    const bodied = operations.filter(({ body }) => body !== undefined);
    const bad: [string, unknown, string][] = [
      ['text', '{}', 'text/plain'],
      ['form', 'a=1', 'application/x-www-form-urlencoded'],
      ['nothing', '', 'application/json'],
      ['list', [], 'application/json'],
      ['null', 'null', 'application/json'],
      ['malformed', '{', 'application/json'],
    ];
    const send = (one: Operation, body: unknown, type: string) =>
      platform.call(one.verb, one.path(at), { token: person.token, body, headers: { 'content-type': type } });
    await expectAllRefused(
      bodied.flatMap((one) =>
        bad.map(([title, body, type]): [string, () => Promise<Answer>] => [
          `${one.name} ${title}`,
          () => send(one, body, type),
        ]),
      ),
    );
  });
});

describe('the directory refuses', () => {
  const post = (path: string, body: unknown) => platform.call('POST', path, { token: person.token, body });
  const user = () => ({
    email: 'a@example.com',
    username: `user.${unique()}`,
    password: 'a password of some length',
    first_name: 'A',
    last_name: 'B',
  });
  const bank = () => ({
    id: `bank.${unique()}`,
    bank_code: 'CODE',
    full_name: 'F',
    logo: 'L',
    website: 'W',
    bank_routings: [{ scheme: 'BIC', address: 'X' }],
  });
  const wrongTexts: unknown[] = [{}, [], 'x'.repeat(600), 'x'.repeat(300_000)];

  it('wrong users', async () => {
    const missing = Object.keys(user()).flatMap((key) => [spoilt(user(), key), spoilt(user(), key, null)]);
    const wrong = Object.keys(user()).flatMap((key) => wrongTexts.map((value) => spoilt(user(), key, value)));
    const values = [
      { username: 'short' },
      { username: 'with blank x' },
      { email: 'no mail' },
      { first_name: '' },
      { last_name: '  ' },
      { password: 'short' },
      { password: 'ä'.repeat(20) },
      { username: '__proto__' },
    ].map((one) => ({ ...user(), ...one }));
    await expectAllRefused(
      [...missing, ...wrong, ...values].map((body) => [JSON.stringify(body).slice(0, 200), () => post('/users', body)]),
    );
  });

  it('a taken username with 409', async () => {
    const taken = user();
    expect((await post('/users', taken)).status).toBe(201);
    const again = await post('/users', taken);
    expect([again.status, again.json.code]).toEqual([409, 409]);
  });

  it('wrong banks', async () => {
    const wrong = ['id', 'bank_code', 'full_name', 'logo', 'website'].flatMap((key) =>
      wrongTexts.map((value) => spoilt(bank(), key, value)),
    );
    const values = [
      { id: 'abc' },
      { id: 'with blank' },
      { id: 'a::::b' },
      { id: 'ümlaut' },
      { id: '' },
      { id: at.bank_id },
      { bank_code: null },
      { bank_code: undefined },
      { bank_routings: 'x' },
      { bank_routings: [1] },
      { bank_routings: [{}] },
      { bank_routings: [{ scheme: 'x'.repeat(600), address: '' }] },
      { bank_routings: Array(1_000).fill({ scheme: 'a', address: 'b' }) },
    ];
    await expectAllRefused(
      [...wrong, ...values.map((one) => ({ ...bank(), ...one }))].map((body) => [
        JSON.stringify(body).slice(0, 200),
        () => post('/banks', body),
      ]),
    );
  });

  it('a taken bank id, to its creator as to others', async () => {
    const taken = bank();
    expect((await post('/banks', taken)).status).toBe(201);
    expectRefusal(
      await post('/banks', taken),
      400,
      'OBP-34000: Bank Id already exists. Please specify a different value.',
    );
    expectRefusal(await post('/banks', { ...taken, id: at.bank_id }), 400, /^OBP-34000: /);
  });

  it('wrong entitlements, and deletions of unknown ones', async () => {
    const to = (body: unknown, user_id = person.user_id) => post(`/users/${user_id}/entitlements`, body);
    const good = { bank_id: at.bank_id, role_name: 'CanCreateEntitlementAtOneBank' };
    const bad = [
      {},
      { role_name: 'CanGetCustomer' },
      { bank_id: at.bank_id },
      { ...good, role_name: 'CanDoAnything' },
      { ...good, role_name: '' },
      { ...good, role_name: {} },
      { ...good, role_name: 'x'.repeat(300) },
      { ...good, bank_id: '' },
      { ...good, bank_id: 'no.bank' },
      { ...good, bank_id: 'x y' },
      { ...good, bank_id: null },
      { bank_id: at.bank_id, role_name: 'CanCreateBank' },
      { bank_id: at.bank_id, role_name: 'CanGetCustomer' },
    ];
    const remove = (user_id: string, id: string) =>
      platform.call('DELETE', `/users/${user_id}/entitlement/${id}`, { token: person.token });
    await expectAllRefused([
      ...bad.map((body): [string, () => Promise<Answer>] => [JSON.stringify(body).slice(0, 200), () => to(body)]),
      ...odd.map((id): [string, () => Promise<Answer>] => [`to ${id.slice(0, 20)}`, () => to(good, id)]),
      ...odd.map((id): [string, () => Promise<Answer>] => [
        `delete ${id.slice(0, 20)}`,
        () => remove(person.user_id, id),
      ]),
      ...odd.map((id): [string, () => Promise<Answer>] => [
        `get bank ${id.slice(0, 20)}`,
        () => platform.call('GET', `/banks/${id}/x`),
      ]),
    ]);
  });
  const odd = [
    'unknown',
    'x'.repeat(256),
    'x'.repeat(4_000),
    '%F0%9F%98%80',
    '..',
    '%00',
    '%',
    'a%20b',
    "'%3B--",
    '%EF%BF%BF',
  ];
});
