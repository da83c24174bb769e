import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ServiceName } from '@platform/allinone';
import { eventually, patient } from '@platform/testing';
import type { Answer } from '../http.js';
import type { Person, Platform } from '../platform.js';
import { createRecords, keeperOf, type Records } from '../records.js';
import { createOpen } from './open.js';
import { type Replicas, startReplicas } from './replicas.js';
import type { Traces } from './traces.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

/** A deletion must finish by itself within this time once everything is back. */
const finished_ms = 30_000;

const { opened, closeAll } = createOpen();
let replicas: Replicas;
let platform: Platform;
let traces: Traces;
let keeper: Person;
let bank_id: string;
let customer: Records;

beforeAll(async () => {
  replicas = await startReplicas(opened);
  ({ platform, traces } = replicas);
  bank_id = await platform.bank();
  keeper = await keeperOf(platform, bank_id);
  const roles = [
    'CanDeleteCustomerCascade',
    'CanGetCustomer',
    'CanGetCustomerAccountLink',
    'CanGetCustomerAccountLinks',
    'CanGetUserCustomerLink',
    'CanGetCustomerAttributesAtOneBank',
  ];
  for (const role of roles) await platform.grant(keeper, `${role}@${bank_id}`);
});
afterEach(() => traces.releaseAll());
afterAll(closeAll);

beforeEach(async () => {
  customer = await createRecords(platform, keeper, bank_id);
});

const get = (path: string): Promise<Answer> =>
  platform.call('GET', `/banks/${bank_id}${path}`, { token: keeper.token });
const cascade = (): Promise<Answer> =>
  platform.call('DELETE', `/management/cascading/banks/${bank_id}/customers/${customer.customer_id}`, {
    token: keeper.token,
  });
const rowGone = async () => (await traces.of(customer)).customer === undefined;

/** Expects that no reader finds the deleted customer, even before every service has been told. */
async function expectGone(): Promise<void> {
  expect((await get(`/customers/${customer.customer_id}`)).status).toBe(404);
  expect((await get(`/customers/${customer.customer_id}/attributes`)).status).toBe(404);
  expect((await get(`/customers/${customer.customer_id}/customer-account-links`)).status).toBe(404);
  expect((await get(`/customer-account-links/${customer.customer_account_link_id}`)).json).toMatchObject({
    code: 400,
    message: expect.stringMatching(/^OBP-30225/),
  });
  expect((await get(`/accounts/${customer.account_id}/customer-account-links`)).text).toBe('{"links":[]}');
  expect((await get(`/user_customer_links/customers/${customer.customer_id}`)).text).toBe('{"user_customer_links":[]}');
  expect((await get(`/user_customer_links/users/${keeper.user_id}`)).text).not.toContain(customer.customer_id);
}

/** Expects that no service has records of the customer within the promised time, without another request. */
async function expectFinished(): Promise<void> {
  const took = await eventually(
    finished_ms,
    'the deletion to finish',
    async () => Object.keys(await traces.of(customer)).length === 0 && !(await traces.pending()),
  );
  process.stderr.write(`finished ${took} ms after everything was back\n`);
  await expectGone();
  expect((await cascade()).json).toMatchObject({ code: 404, message: expect.stringMatching(/^OBP-30046/) });
}

describe('a cascade', () => {
  it('leaves nothing anywhere, and says so only then', async () => {
    expect(await traces.of(customer)).toEqual({
      customer: 1,
      customer_address: 1,
      tax_residence: 1,
      social_media_handle: 1,
      customer_attribute: 1,
      user_customer_link: 1,
      customer_account_link: 1,
    });
    const { status, text } = await cascade();
    expect([status, text]).toEqual([200, 'true']);
    expect(await traces.of(customer)).toEqual({});
    expect(await traces.pending()).toBe(false);
    await expectGone();
  });

  it('killed before its transaction commits has not happened, and can be repeated', async () => {
    const lock = await traces.hold(
      'CUSTOMERS_DATABASE_URL',
      'select from customer where bank_id = $1 and customer_id = $2 for update',
      [bank_id, customer.customer_id],
    );
    const broken = cascade();
    await eventually(3_000, 'the deletion to wait', () => traces.someoneWaits('CUSTOMERS_DATABASE_URL'));
    await replicas.kill('customers');
    await lock.release();
    await replicas.start('customers');
    expect((await broken).status).toBeGreaterThanOrEqual(400);
    expect(Object.keys(await traces.of(customer))).toHaveLength(7);
    expect((await get(`/customers/${customer.customer_id}`)).status).toBe(200);
    expect((await cascade()).text).toBe('true');
    expect(await traces.of(customer)).toEqual({});
  });

  it.each<[string, ServiceName[]]>([
    ['before anybody was told', ['attributes', 'links']],
    ['when attributes was told, and links was not', ['links']],
    ['when links was told, and attributes was not', ['attributes']],
  ])('killed after its commit, %s, finishes by itself', async (_step, down) => {
    await replicas.kill(...down);
    const broken = cascade();
    const told = { attributes: 'customer_attribute', links: 'user_customer_link' };
    const left = down.map((name) => told[name as keyof typeof told]);
    await eventually(4_000, 'the others to be told', async () => {
      const found = await traces.of(customer);
      return (
        found.customer === undefined &&
        Object.values(told).every((table) => (found[table] !== undefined) === left.includes(table))
      );
    });
    await replicas.kill('customers');
    expect((await broken).status).toBeGreaterThanOrEqual(400);
    expect(await traces.pending()).toBe(true);
    await Promise.all([...down, 'customers' as const].map(replicas.start));
    await eventually(
      5_000,
      'the gateway to reach all',
      async () => (await get(`/customers/${customer.customer_id}`)).status === 404,
    );
    await expectFinished();
  });

  it.each<[ServiceName, string, string]>([
    [
      'attributes',
      'ATTRIBUTES_DATABASE_URL',
      'select from customer_attribute where bank_id = $1 and customer_id = $2 for update',
    ],
    [
      'links',
      'LINKS_DATABASE_URL',
      'select from user_customer_link where bank_id = $1 and customer_id = $2 for update',
    ],
  ])('finishes by itself when %s is killed in the middle of its part', async (name, database, statement) => {
    const lock = await traces.hold(database, statement, [bank_id, customer.customer_id]);
    const interrupted = cascade();
    await eventually(4_000, 'the part to wait', () => traces.someoneWaits(database));
    expect(await rowGone()).toBe(true);
    await replicas.kill(name);
    await lock.release();
    await replicas.start(name);
    // `true` if the service was back before the request's deadline.
    const { status, text } = await interrupted;
    expect([status, text]).toEqual(status === 200 ? [200, 'true'] : [408, expect.stringContaining('OBP-01000')]);
    await expectFinished();
  });

  it('killed when everything is done but not noted, finds nothing to do and notes it', async () => {
    const failing = await traces.failDeletions('CUSTOMERS_DATABASE_URL', 'outbox');
    const interrupted = cascade();
    await eventually(6_000, 'the note to be taken', () => failing.isOn());
    expect(await traces.of(customer)).toEqual({});
    await replicas.kill('customers');
    await failing.release();
    expect(await traces.pending()).toBe(true);
    await replicas.start('customers');
    await interrupted;
    await expectFinished();
  });

  it('with a service down answers in time, is over for every reader at once, and can be repeated', async () => {
    await replicas.kill('attributes');
    const since = Date.now();
    expect(await cascade()).toMatchObject({
      status: 408,
      json: { code: 408, message: expect.stringMatching(/^OBP-01000/) },
    });
    expect(Date.now() - since).toBeLessThan(patient(10_000));
    expect((await get(`/customer-account-links/${customer.customer_account_link_id}`)).status).toBe(400);
    expect((await get(`/user_customer_links/users/${keeper.user_id}`)).text).not.toContain(customer.customer_id);
    const again = cascade();
    await replicas.start('attributes');
    const { status, text } = await again;
    if (status === 200) expect(text).toBe('true');
    else expect([404, 408]).toContain(status);
    await expectFinished();
  });
});
