import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '@platform/endpoints';
import { rpcTable } from '@platform/messages';
import { createRandom, type Random } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { bodyOf, endpoints, nameOf, needsBank, pathOf, roleName } from './calls.js';
import { openPeople, type People } from './people.js';
import { expectStatus, type Person, type Platform, startOwnPlatform, unique } from './platform.js';
import { bodies, createRecords, keeperOf, type Records } from './records.js';

const services = ['customers', 'attributes', 'links', 'agents'] as const;

let platform: Platform;
let people: People;
let keeper: Person;
let bank_id: string;
let historian: Person;
const databases: Client[] = [];

beforeAll(async () => {
  platform = await startOwnPlatform();
  people = await openPeople(platform);
  bank_id = await platform.bank();
  keeper = await keeperOf(platform, bank_id);
  historian = await platform.person(`CanGetCustomerHistory@${bank_id}`, `CanDeleteCustomerCascade@${bank_id}`);
  for (const service of services) {
    const client = new Client({ connectionString: platform.databases?.[`${service.toUpperCase()}_DATABASE_URL`] });
    await client.connect();
    databases.push(client);
  }
}, 60_000);
afterAll(async () => {
  await Promise.all(databases.map((client) => client.end()));
  await people.close();
  await platform.close();
});

interface Entry {
  readonly kind: string;
  readonly action: string;
  readonly operation: string;
  readonly user_id: string;
}

/** The entries of a call, of all services. */
async function entriesOf(correlation_id: string): Promise<Entry[]> {
  const found = databases.map((client) =>
    client.query<Entry>(
      'select kind, action, operation, user_id from journal.entry where correlation_id = $1 order by number',
      [correlation_id],
    ),
  );
  return (await Promise.all(found)).flatMap(({ rows }) => rows);
}

/** The operations that change something in the services with a journal. */
const commands = endpoints.filter(
  ({ rpc_path }) =>
    services.some((service) => rpc_path.startsWith(`/obp.${service}.`)) && rpcTable[rpc_path]?.idempotent === false,
);

/** All records that an operation changes; others change one. */
const several: Readonly<Record<string, readonly string[]>> = {
  deleteCustomerCascade: [
    'customer',
    'customer_account_link',
    'customer_address',
    'customer_attribute',
    'social_media_handle',
    'tax_residence',
    'user_customer_link',
  ],
  createAgent: ['agent', 'agent', 'customer_account_link'],
};

describe('every command', () => {
  it('is among them', () => expect(commands.length).toBeGreaterThan(25));

  it.each(commands.map((endpoint): [string, Endpoint] => [nameOf(endpoint), endpoint]))(
    '%s leaves an entry for each changed record, with its author',
    async (name, endpoint) => {
      const records = await createRecords(platform, keeper, bank_id);
      const token = await people.add(
        endpoint.roles.map((role) => (needsBank(role) ? `${roleName(role)}@${bank_id}` : roleName(role))),
      );
      const body =
        name === 'createOrUpdateCustomerAttributeAttributeDefinition'
          ? { ...bodies.definition, name: unique() }
          : bodyOf(endpoint, records);
      const answer = await platform.call(endpoint.routes[0].verb, pathOf(endpoint, records), { token, body });
      expect([answer.status < 300, answer.text]).toEqual([true, answer.text]);
      const entries = await entriesOf(String(answer.headers['correlation-id']));
      const own = entries.filter(({ operation }) => operation === endpoint.rpc_path);
      expect(own.length).toBeGreaterThan(0);
      expect(own.every(({ user_id }) => user_id !== '')).toBe(true);
      const kinds = several[name];
      if (kinds === undefined) expect(entries).toHaveLength(1);
      else expect(entries.map(({ kind }) => kind).sort()).toEqual(kinds);
    },
  );
});

interface Change {
  readonly change_id: string;
  readonly record_kind: string;
  readonly action: string;
  readonly operation_id: string;
  readonly user_id: string;
  readonly fields: readonly { name: string; was: string | null; became: string | null }[];
}

const historyOf = async (customer_id: string, query = '') =>
  (
    await expectStatus(
      200,
      platform.call('GET', `/banks/${bank_id}/customers/${customer_id}/history${query}`, { token: historian.token }),
    )
  ).json as unknown as { changes: Change[]; next: string | null };

describe('the history of a customer', () => {
  let records: Records;
  beforeAll(async () => {
    records = await createRecords(platform, keeper, bank_id);
    const clerk = await platform.person(`CanUpdateCustomerEmail@${bank_id}`);
    await expectStatus(
      200,
      platform.call('PUT', `/banks/${bank_id}/customers/${records.customer_id}/email`, {
        token: clerk.token,
        body: { email: 'new@example.com' },
      }),
    );
  });

  it('tells who changed what, over all services, newest first', async () => {
    const { changes, next } = await historyOf(records.customer_id);
    expect(next).toBeNull();
    expect(changes[0]).toMatchObject({
      record_kind: 'customer',
      action: 'changed',
      operation_id: 'OBPv3.1.0-updateCustomerEmail',
    });
    expect(changes[0]?.fields).toContainEqual({ name: 'email', was: '""', became: '"new@example.com"' });
    expect(changes.map(({ record_kind }) => record_kind).sort()).toEqual([
      'customer',
      'customer',
      'customer_account_link',
      'customer_address',
      'customer_attribute',
      'social_media_handle',
      'tax_residence',
      'user_customer_link',
    ]);
    expect(changes.at(-1)).toMatchObject({
      record_kind: 'customer',
      action: 'created',
      operation_id: 'OBPv5.0.0-createCustomer',
      user_id: keeper.user_id,
    });
  });

  it('is the same in pages of any size', async () => {
    const whole = (await historyOf(records.customer_id)).changes;
    for (const limit of [1, 3]) {
      const paged: Change[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page = await historyOf(records.customer_id, `?limit=${limit}${next === '' ? '' : `&before=${next}`}`);
        paged.push(...page.changes);
        next = page.next;
      }
      expect(paged).toEqual(whole);
    }
  });

  it.each([
    ['?limit=0', 400],
    ['?limit=501', 400],
    ['?before=nothing', 400],
  ])('refuses %s', async (query, status) => {
    const path = `/banks/${bank_id}/customers/${records.customer_id}/history${query}`;
    expect((await platform.call('GET', path, { token: historian.token })).status).toBe(status);
  });

  it('is for the role only, and not of unknown customers', async () => {
    const path = `/banks/${bank_id}/customers/${records.customer_id}`;
    for (const suffix of ['/history', '/as-of/2026-01-01T00:00:00Z']) {
      expect((await platform.call('GET', path + suffix, { token: keeper.token })).json['message']).toMatch(
        /^OBP-20006/,
      );
      const unknown = `/banks/${bank_id}/customers/unknown${suffix}`;
      expect((await platform.call('GET', unknown, { token: historian.token })).json['message']).toMatch(/^OBP-30046/);
    }
    const nonsense = await platform.call('GET', `${path}/as-of/yesterday`, { token: historian.token });
    expect(nonsense.status).toBe(400);
  });
});

const now = async (): Promise<string> => {
  await sleep(3);
  const at = new Date().toISOString();
  await sleep(3);
  return at;
};

/** A customer's parts as their own operations answer them. */
async function partsNow(customer_id: string, token: string): Promise<Record<string, unknown>> {
  const get = async (path: string) => (await expectStatus(200, platform.call('GET', path, { token }))).json;
  const of = `/banks/${bank_id}/customers/${customer_id}`;
  const [{ customer_attributes, ...customer }, address, residences, handles, users, accounts] = await Promise.all([
    get(of),
    get(`${of}/addresses`),
    get(`${of}/tax-residences`),
    get(`${of}/social_media_handles`),
    get(`/banks/${bank_id}/user_customer_links/customers/${customer_id}`),
    get(`${of}/customer-account-links`),
  ]);
  return {
    customer,
    addresses: address['addresses'],
    tax_residences: residences['tax_residence'],
    social_media_handles: handles['checks'],
    customer_attributes,
    user_customer_links: users['user_customer_links'],
    customer_account_links: accounts['links'],
  };
}

describe('a customer as of a time', () => {
  it('is what its operations answered then, at every moment of a random history', async () => {
    const random = createRandom();
    const all = await platform.person(
      ...[...new Set(endpoints.flatMap(({ roles }) => roles))].map((role) =>
        needsBank(role) ? `${roleName(role)}@${bank_id}` : roleName(role),
      ),
    );
    const records = await createRecords(platform, keeper, bank_id);
    const moments = [{ at: await now(), parts: await partsNow(records.customer_id, all.token) }];
    for (let step = 0; step < 25; step += 1) {
      await change(random, records, all.token);
      moments.push({ at: await now(), parts: await partsNow(records.customer_id, all.token) });
    }
    for (const { at, parts } of moments) {
      const path = `/banks/${bank_id}/customers/${records.customer_id}/as-of/${at}`;
      expect((await expectStatus(200, platform.call('GET', path, { token: historian.token }))).json).toEqual(parts);
    }
    const before = `/banks/${bank_id}/customers/${records.customer_id}/as-of/2020-01-01T00:00:00Z`;
    expect((await platform.call('GET', before, { token: historian.token })).status).toBe(404);
  }, 60_000);
});

/** One change of any of the customer's records; it may be refused when the record is gone. */
async function change(random: Random, records: Records, token: string): Promise<void> {
  const of = `/banks/${bank_id}/customers/${records.customer_id}`;
  const links = `/banks/${bank_id}`;
  const send = (verb: string, path: string, body?: object) => platform.call(verb, path, { token, body });
  const text = () => random.text(12).replaceAll('\\', '/');
  const [verb, path, body] = random.pick<[string, string, object?]>([
    ['PUT', `${of}/email`, { email: `${unique()}@example.com` }],
    ['PUT', `${of}/mobile-number`, { mobile_phone_number: text() }],
    ['PUT', `${of}/number`, { customer_number: unique() }],
    [
      'PUT',
      `${of}/identity`,
      { legal_name: text(), date_of_birth: '1990-01-01T00:00:00Z', title: text(), name_suffix: '' },
    ],
    ['POST', `${of}/address`, { ...bodies.address, city: text() }],
    ['PUT', `${of}/addresses/${records.customer_address_id}`, { ...bodies.address, tags: [text(), 'NULL'] }],
    ['DELETE', `${of}/addresses/${records.customer_address_id}`],
    ['POST', `${of}/tax-residence`, bodies.taxResidence()],
    ['DELETE', `${of}/tax_residencies/${records.tax_residence_id}`],
    ['POST', `${of}/attribute`, { ...bodies.attribute, value: text() }],
    ['PUT', `${of}/attributes/${records.customer_attribute_id}`, { ...bodies.attribute, value: text() }],
    ['DELETE', `${links}/customers/attributes/${records.customer_attribute_id}`],
    ['PUT', `${links}/customer-account-links/${records.customer_account_link_id}`, { relationship_type: text() }],
    ['DELETE', `${links}/customer-account-links/${records.customer_account_link_id}`],
    ['DELETE', `${links}/user_customer_links/${records.user_customer_link_id}`],
  ]);
  expect((await send(verb, path, body)).status).toBeLessThan(500);
}

/** Every row of every table of all services, as text. */
async function everything(): Promise<string> {
  const rows = await Promise.all(
    databases.map(async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
      );
      const texts: string[] = [];
      for (const { name } of tables) {
        const { rows: found } = await client.query<{ text: string }>(`select t::text as text from ${name} as t`);
        texts.push(...found.map(({ text }) => text));
      }
      return texts.join('\n');
    }),
  );
  return rows.join('\n');
}

describe('an erased customer', () => {
  it('leaves who and when, and nothing of what it contained in any table', async () => {
    const marker = `marker ${unique()}`;
    const hexadecimal = Buffer.from(marker).toString('hex');
    const token = (
      await platform.person(
        ...[
          'CanCreateCustomer',
          'CanCreateCustomerAddress',
          'CanUpdateCustomerIdentity',
          'CanCreateCustomerAttributeAtOneBank',
        ].map((role) => `${role}@${bank_id}`),
      )
    ).token;
    const send = (verb: string, path: string, body: object, status = 201) =>
      expectStatus(status, platform.call(verb, `/banks/${bank_id}${path}`, { token, body }));
    const { json } = await send('POST', '/customers', { ...bodies.customer(), legal_name: marker });
    const of = `/customers/${String(json['customer_id'])}`;
    await send('POST', `${of}/address`, { ...bodies.address, line_1: marker });
    await send('POST', `${of}/attribute`, { ...bodies.attribute, value: marker });
    await send(
      'PUT',
      `${of}/identity`,
      { legal_name: `${marker} too`, date_of_birth: '1990-01-01T00:00:00Z', title: '', name_suffix: '' },
      200,
    );
    expect(await everything()).toContain(marker);
    const path = `/management/cascading/banks/${bank_id}${of}`;
    await expectStatus(200, platform.call('DELETE', path, { token: historian.token }));
    const left = await everything();
    expect(left).not.toContain(marker);
    expect(left).not.toContain(hexadecimal);
    const { changes } = await historyOf(String(json['customer_id']));
    expect(changes.map(({ action, record_kind }) => `${record_kind} ${action}`).sort()).toEqual([
      'customer changed',
      'customer created',
      'customer deleted',
      'customer_address created',
      'customer_address deleted',
      'customer_attribute created',
      'customer_attribute deleted',
    ]);
    expect(changes.every(({ user_id, fields }) => user_id !== '' || fields.length === 0)).toBe(true);
    expect(changes.flatMap(({ fields }) => fields).every(({ was, became }) => was === null && became === null)).toBe(
      true,
    );
    const past = `/banks/${bank_id}${of}/as-of/${new Date().toISOString()}`;
    expect((await platform.call('GET', past, { token: historian.token })).status).toBe(404);
  });
});
