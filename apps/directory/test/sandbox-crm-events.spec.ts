import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { createOutbox } from '@platform/outbox';
import { createReader, openOrm } from '@platform/persistence';
import { createLogger } from '@platform/runtime';
import { createServicePeer } from '@platform/service';
import { eventually, patient } from '@platform/testing';
import { database } from '../src/gen/database.js';
import { createDirectoryService } from '../src/index.js';
import { createCrmEventDelivery, crmEventDelivery } from '../src/sandbox/crm-event-delivery.js';
import { secret, startDirectory, testConfig } from './directory.js';
import { createCustomers, importer, sandbox, sandboxCrmEvent, sandboxDataImport } from './sandbox.js';

/** A hasher that does nothing: passwords do not matter here. */
const hasher = {
  hash: async (password: string) => password,
  verify: async (hashed: string, password: string) => hashed === password,
};

type Directory = Awaited<ReturnType<typeof startDirectory>>;

const run = (directory: Directory, data: ReturnType<typeof sandbox>) =>
  directory.peer.call(sandboxDataImport, { body: data }, importer());
const isPending = async (directory: Directory, bank_id: string) =>
  (await directory.rows('select from outbox where bank_id = $1', [bank_id])).length > 0;

describe('CRM events of an import', () => {
  let customers: Awaited<ReturnType<typeof createCustomers>>;
  let directory: Directory;
  beforeAll(async () => {
    customers = await createCustomers();
    directory = await startDirectory({ customers_address: customers.address }, { hasher });
  });
  afterEach(() => {
    customers.before = () => undefined;
  });
  afterAll(async () => {
    await directory.close();
    await customers.close();
  });
  const taken = (bank_id: string) => customers.events.filter((event) => event.bank_id === bank_id).map(({ id }) => id);

  it('are with the customers service when the import answers, in their order, as it takes them', async () => {
    const data = sandbox(60);
    const other = data.banks[1]?.id ?? '';
    data.crm_events.push(sandboxCrmEvent(other));
    expect(await run(directory, data)).toEqual({ success: 'Success' });
    expect(customers.events[0]).toEqual({
      id: 'e1',
      bank_id: data.bank_id,
      customer_name: 'James Brown',
      customer_number: '698761728934',
      category: 'Call',
      detail: 'Asked for a loan ? \\ 中😀',
      channel: 'Phone',
      scheduled_date: null,
      actual_date: '2012-03-07T00:00:00Z',
      result: '',
    });
    expect(customers.events.map(({ bank_id, id }) => `${bank_id}/${id}`)).toEqual(
      data.crm_events.map(({ bank_id, id }) => `${bank_id}/${id}`),
    );
    expect(await directory.rows('select from outbox')).toHaveLength(0);
  });

  it('arrive when a service that failed half-way goes on, each once', async () => {
    let calls = 0;
    customers.before = () => {
      calls += 1;
      if (calls > 2) fail(Failure.FAILURE_REQUEST_TIMEOUT);
    };
    const data = sandbox(5);
    expect(await run(directory, data)).toEqual({ success: 'Success' });
    expect(taken(data.bank_id)).toEqual(['e1', 'e2']);
    expect(await isPending(directory, data.bank_id)).toBe(true);
    customers.before = () => undefined;
    await eventually(10_000, 'the events', async () => !(await isPending(directory, data.bank_id)));
    expect(taken(data.bank_id)).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
  });

  it('do not wait for one that is refused for good; it stays among the imported records', async () => {
    const data = sandbox(3);
    const { bank_id } = data;
    customers.events.push({
      id: 'e2',
      bank_id,
      customer_name: 'Somebody',
      customer_number: '',
      category: '',
      detail: '',
      channel: '',
      scheduled_date: null,
      actual_date: null,
      result: '',
    });
    await run(directory, data);
    expect(taken(bank_id)).toEqual(['e2', 'e1', 'e3']);
    expect(await isPending(directory, bank_id)).toBe(false);
    expect(
      await directory.rows(`select from imported_record where bank_id = $1 and record_id = 'e2'`, [bank_id]),
    ).toHaveLength(1);
  });

  it('are not waited for longer than there is time, and arrive after', async () => {
    customers.before = () => fail(Failure.FAILURE_REQUEST_TIMEOUT);
    const data = sandbox(2);
    await run(directory, data);
    customers.before = () => sleep(400);
    const orm = await openOrm({ ...database, url: directory.database_url, pool: 1 });
    const reader = createReader(directory.database_url, 1);
    const log = createLogger('test', 'silent');
    const peer = createServicePeer('customers', customers.address, {
      issuer: 'directory',
      secret,
      clock: Date.now,
      tls: undefined,
      log,
    });
    const config = testConfig(directory.database_url, { customers_address: customers.address });
    const outbox = createOutbox({
      service: 'directory',
      orm,
      log,
      handlers: { 'crm-events': crmEventDelivery({ reader, log, peer: () => peer }, config) },
    });
    const delivery = createCrmEventDelivery(outbox, log);
    const began = Date.now();
    await delivery.settle([{ kind: 'crm-events', bank_id: data.bank_id, subject: 'crm-events-0' }], 'test', 50);
    expect(Date.now() - began).toBeLessThan(patient(400));
    expect(await isPending(directory, data.bank_id)).toBe(true);
    await eventually(10_000, 'the events', async () => !(await isPending(directory, data.bank_id)));
    expect(taken(data.bank_id)).toEqual(['e1', 'e2']);
    await outbox.close();
    peer.close();
    await reader.close();
    await orm.close(true);
  });

  it('come for a bank that is there already, after those that it has, each once', async () => {
    const data = sandbox(2);
    await run(directory, data);
    const later = (...ids: string[]) => ({
      ...sandbox(0),
      banks: [],
      users: [],
      accounts: [],
      transactions: [],
      branches: [],
      atms: [],
      products: [],
      crm_events: ids.map((id) => sandboxCrmEvent(data.bank_id, id)),
    });
    expect(await run(directory, later('e3', 'e4'))).toEqual({ success: 'Success' });
    expect(taken(data.bank_id)).toEqual(['e1', 'e2', 'e3', 'e4']);
    let told = 0;
    customers.before = () => void (told += 1);
    await run(directory, later('e5'));
    expect([told, taken(data.bank_id)]).toEqual([1, ['e1', 'e2', 'e3', 'e4', 'e5']]);
    await expect(run(directory, later('e6', 'e3'))).rejects.toMatchObject({
      detail: ' crm_events[1].id is that of an event of the bank already.',
    });
    expect(taken(data.bank_id)).not.toContain('e6');
    const nowhere = { ...later(), crm_events: [sandboxCrmEvent('no.such.bank')] };
    await expect(run(directory, nowhere)).rejects.toMatchObject({ detail: ' crm_events[0].bank_id must name a bank.' });
  });

  it('make no task of a refused import', async () => {
    const data = sandbox(2);
    data.users.push(...data.users);
    await expect(run(directory, data)).rejects.toMatchObject({ failure: Failure.FAILURE_IMPORT_INVALID });
    const { id } = sandbox(0).banks[0] ?? { id: '' };
    await run(directory, {
      ...sandbox(0),
      banks: [{ id, short_name: '', full_name: '', logo: '', website: '' }],
      accounts: [],
      transactions: [],
      branches: [],
      atms: [],
      products: [],
    });
    const late = sandbox(2);
    late.banks.push({ id, short_name: '', full_name: '', logo: '', website: '' });
    await expect(run(directory, late)).rejects.toMatchObject({ failure: Failure.FAILURE_BANK_ID_EXISTS });
    expect(await directory.rows('select from outbox')).toHaveLength(0);
    expect([...taken(data.bank_id), ...taken(late.bank_id)]).toEqual([]);
  });
});

it('CRM events whose import met no customers service are delivered by whoever reaches it, also when the importing process is gone', async () => {
  const directory = await startDirectory({ customers_address: '127.0.0.1:1' }, { hasher });
  const customers = await createCustomers();
  const data = sandbox(2);
  try {
    expect(await run(directory, data)).toEqual({ success: 'Success' });
    expect(await isPending(directory, data.bank_id)).toBe(true);
    expect(
      await directory.rows(`select from imported_record where bank_id = $1 and kind = 'crm_event'`, [data.bank_id]),
    ).toHaveLength(2);
    const another = await createDirectoryService(
      testConfig(directory.database_url, { customers_address: customers.address }),
      { hasher },
    );
    await eventually(10_000, 'the events', async () => !(await isPending(directory, data.bank_id)));
    await another.close();
    expect(customers.events.map(({ id }) => id)).toEqual(['e1', 'e2']);
  } finally {
    await directory.close();
    await customers.close();
  }
});
