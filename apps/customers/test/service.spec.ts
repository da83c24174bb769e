import { afterEach, describe, expect, it } from '@jest/globals';
import type { Call } from '@platform/grpc';
import { createJournal } from '@platform/journal';
import { createReader, createWriter, openOrm } from '@platform/persistence';
import { isOnCitus } from '@platform/testing';
import { ConfigurationError, createLogger, readSettings } from '@platform/runtime';
import { customerCommands } from '../src/customer/customer-commands.rpc.js';
import { customerOfRecord } from '../src/customer/customer-records.sql.js';
import { database } from '../src/gen/database.js';
import { customersConfig, customersSettings } from '../src/index.js';
import { bank, createHarness, customerBody, type Harness } from './harness.js';

describe('the customers service', () => {
  let harness: Harness | undefined;
  afterEach(async () => {
    await harness?.close();
    harness = undefined;
  });

  it('finds customers by many ids and numbers at once, none of another bank', async () => {
    harness = await createHarness();
    const one = await harness.create({ customer_number: '1' });
    const two = await harness.create({ customer_number: '2' });
    const foreign = await harness.create({ customer_number: '3' }, 'other');
    const byId = await harness.call('batchGetCustomers', {
      keys: [
        two,
        one,
        { bank_id: bank, customer_id: 'unknown' },
        { bank_id: bank, customer_id: foreign.customer_id },
        { bank_id: 'other', customer_id: foreign.customer_id },
      ],
    });
    expect(byId.customers).toHaveLength(3);
    expect(byId.customers).toEqual(expect.arrayContaining([one, two, foreign]));
    const byNumber = await harness.call('batchGetCustomersByNumber', {
      keys: [
        { bank_id: bank, customer_number: '2' },
        { bank_id: bank, customer_number: '3' },
        { bank_id: 'other', customer_number: '3' },
      ],
    });
    expect(byNumber.customers).toHaveLength(2);
    expect(byNumber.customers).toEqual(expect.arrayContaining([two, foreign]));
    expect((await harness.call('batchGetCustomers', { keys: [] })).customers).toEqual([]);
  });

  it('passes every operation with one connection for commands', async () => {
    harness = await createHarness({ pool: 1 });
    const { call, list, create } = harness;
    const created = await Promise.all(Array.from({ length: 20 }, () => create()));
    const updated = await Promise.all(
      created.map(({ customer_id }) =>
        call('updateCustomerEmail', { bank_id: bank, customer_id, body: { email: 'x@y.z' } }),
      ),
    );
    const lists = await Promise.all([
      ...created.map(() => list('getCustomersAtOneBank', { bank_id: bank })),
      ...created.map(() => list('getCustomersByLegalName', { bank_id: bank, body: { legal_name: 'Legal%' } })),
    ]);
    expect(lists.every(({ length }) => length === 20)).toBe(true);
    expect((await call('batchGetCustomers', { keys: created })).customers).toEqual(expect.arrayContaining(updated));
  });

  it('generates another number when one is taken, and gives up after ten', async () => {
    harness = await createHarness();
    const orm = await openOrm({ ...database, url: harness.url, pool: 1 });
    const writer = createWriter(harness.url, { distributed: isOnCitus() });
    const reader = createReader(harness.url);
    const journal = createJournal({
      service: 'customers',
      orm,
      reader,
      writer,
      log: createLogger('customers', 'silent'),
      secret: 'protects the journals of all tests',
      parent: customerOfRecord(),
    });
    const numbers = ['1', '1', '1', '2', ...Array<string>(10).fill('2')];
    const { createCustomer } = customerCommands({ journal, clock: Date.now }, () => numbers.shift() ?? '');
    const call = { caller: { user_id: '', consumer_id: '', issuer: 'gateway', rpc: '' }, correlation_id: '' } as Call;
    const create = () => createCustomer?.({ bank_id: bank, body: customerBody() }, call);
    expect(await create()).toMatchObject({ customer_number: '1' });
    expect(await create()).toMatchObject({ customer_number: '2' });
    await expect(create()).rejects.toThrow('OBP-30006');
    expect(numbers).toEqual([]);
    await journal.close();
    await Promise.all([writer.close(), reader.close()]);
    await orm.close(true);
  });

  it('keeps its data and continues after a restart', async () => {
    harness = await createHarness();
    const created = await harness.create({ customer_number: 'kept' });
    await harness.restart();
    expect((await harness.call('batchGetCustomers', { keys: [created] })).customers).toEqual([created]);
    await expect(harness.create({ customer_number: 'kept' })).rejects.toThrow('OBP-30006');
    expect(await harness.create()).toMatchObject({ bank_id: bank });
  });

  it('reads after its connections were cut', async () => {
    harness = await createHarness();
    const created = await harness.create();
    await harness.sql(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    expect((await harness.call('batchGetCustomers', { keys: [created] })).customers).toEqual([created]);
  });

  it("answers in UTC whatever the server's zone", async () => {
    harness = await createHarness({ timeZone: 'Asia/Kolkata' });
    const body = {
      date_of_birth: '1990-05-15T23:00:00Z',
      last_ok_date: '2024-03-05T23:14:22Z',
      dependants: 1,
      dob_of_dependants: ['2013-01-21T23:08:00Z'],
    };
    const created = await harness.create(body);
    expect(created).toMatchObject(body);
    expect((await harness.call('batchGetCustomers', { keys: [created] })).customers).toEqual([created]);
    expect(
      await harness.call('updateCustomerEmail', {
        bank_id: bank,
        customer_id: created.customer_id,
        body: { email: 'new@example.com' },
      }),
    ).toEqual({ ...created, email: 'new@example.com', version: 2 });
    expect(await harness.list('getCustomersAtOneBank', { bank_id: bank })).toMatchObject([
      { date_of_birth: '1990-05-15', last_ok_date: '2024-03-05T23:14:22Z' },
    ]);
  });
});

describe('the configuration of the customers service', () => {
  const journal_key = 'kept as long as the data of the service';
  const read = (env: Record<string, string>) => customersConfig(readSettings(customersSettings, env));
  const good = {
    DATABASE_URL: 'postgresql://u:p@db:5432/postgres',
    CALLER_SECRET: 'thirty-two characters or even more',
    JOURNAL_KEY: journal_key,
  };

  it('has defaults for all but the database and the secret', () => {
    expect(read(good)).toEqual({
      host: '127.0.0.1',
      port: 50051,
      database_url: 'postgresql://u:p@db:5432/customers',
      database_pool: 4,
      caller_secret: 'thirty-two characters or even more',
      journal_key,
      log_level: 'info',
      reflection: false,
      attributes_address: '127.0.0.1:50053',
      links_address: '127.0.0.1:50054',
    });
  });

  it('prefers its own database', () => {
    expect(read({ ...good, CUSTOMERS_DATABASE_URL: 'postgresql://u:p@own/c' }).database_url).toBe(
      'postgresql://u:p@own/c',
    );
  });

  it('says what is missing', () => {
    expect(() => read({})).toThrow(ConfigurationError);
    expect(() => read({})).toThrow(
      /CUSTOMERS_DATABASE_URL or DATABASE_URL must be set[\s\S]*CALLER_SECRET must be set, to the same value in every service \(`npm start` generates it\)[\s\S]*JOURNAL_KEY must be set/,
    );
    expect(() => read({ ...good, CALLER_SECRET: 'short' })).toThrow(/CALLER_SECRET: must have at least 32 characters/);
    expect(() => read({ NODE_ENV: 'production', DATABASE_URL: good.DATABASE_URL })).toThrow(
      /CALLER_SECRET must be set when NODE_ENV=production/,
    );
  });
});
