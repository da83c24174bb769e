import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigurationError, readSettings } from '@platform/runtime';
import { attributesConfig, attributesSettings } from '../src/index.js';
import { attributeBody, bank, createHarness, customerUnknown, type Harness, methods, refusal } from './harness.js';

const anna = { bank_id: bank, customer_id: 'anna' };
const bert = { bank_id: bank, customer_id: 'bert' };

describe('the attributes service', () => {
  let harness: Harness | undefined;
  afterEach(async () => {
    await harness?.close();
    harness = undefined;
  });

  it('passes every operation with one connection for commands', async () => {
    harness = await createHarness({ pool: 1 });
    const { add, attributesOf, batch, call, customers, define, definitions } = harness;
    customers.add(anna, bert);
    const created = await Promise.all(Array.from({ length: 20 }, (_, n) => add(anna, { value: String(n) })));
    const updated = await Promise.all(
      created.map(({ customer_attribute_id }) =>
        call(methods.update, { ...anna, customer_attribute_id, body: attributeBody({ value: 'changed' }) }),
      ),
    );
    expect(
      await Promise.all(
        created.map(({ customer_attribute_id }) => call(methods.getOne, { ...anna, customer_attribute_id })),
      ),
    ).toEqual(updated);
    const lists = await Promise.all(Array.from({ length: 20 }, () => attributesOf(anna)));
    expect(lists.every((list) => list.length === 20)).toBe(true);
    expect(await batch([anna])).toEqual([{ key: anna, customer_attributes: expect.arrayContaining(updated) }]);
    expect(
      await call(methods.match, {
        bank_id: bank,
        pairs: [{ name: 'SPECIAL_TAX_NUMBER', value: 'changed' }],
        limit: 1,
        among: [],
      }),
    ).toEqual({ customer_ids: ['anna'] });
    await Promise.all(
      created
        .slice(10)
        .map(({ customer_attribute_id }, n) =>
          call(methods.remove, { bank_id: bank, customer_attribute_id, customer_id: n % 2 === 0 ? null : 'anna' }),
        ),
    );
    await Promise.all(Array.from({ length: 10 }, (_, n) => define({ name: String(n) })));
    await Promise.all(
      (await definitions()).map(({ attribute_definition_id }) =>
        call(methods.deleteDefinition, { bank_id: bank, attribute_definition_id }),
      ),
    );
    await Promise.all([add(bert), call(methods.forget, { key: anna })]);
    expect(await batch([anna, bert])).toEqual([
      { key: bert, customer_attributes: [expect.objectContaining({ value: '123456789' })] },
    ]);
  });

  it('asks for the customers of concurrent calls together', async () => {
    harness = await createHarness();
    const { attributesOf, customers } = harness;
    customers.add(anna, bert);
    let release = () => undefined as void;
    customers.pause = new Promise<void>((resolve) => (release = resolve));
    const lists = Array.from({ length: 40 }, (_, n) => attributesOf(n % 2 === 0 ? anna : bert));
    await new Promise((resolve) => setTimeout(resolve, 300));
    release();
    expect((await Promise.all(lists)).flat()).toEqual([]);
    expect(customers.calls).toBeLessThanOrEqual(5);
  });

  it('keeps its data, and which customers are deleted, over a restart', async () => {
    harness = await createHarness();
    const { add, attributesOf, call, customers, define, definitions, restart } = harness;
    customers.add(anna, bert);
    const created = await add(anna);
    const definition = await define();
    await call(methods.forget, { key: bert });
    await restart();
    expect(await attributesOf(anna)).toEqual([created]);
    expect(await definitions()).toEqual([definition]);
    expect(await refusal(add(bert))).toBe(customerUnknown('bert'));
    expect(await attributesOf(anna)).toEqual([created]);
    const later = await add(anna);
    expect(await attributesOf(anna)).toEqual([created, later]);
  });

  it('reads after its connections were cut', async () => {
    harness = await createHarness();
    harness.customers.add(anna);
    const created = await harness.add(anna);
    await harness.sql(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    expect(await harness.attributesOf(anna)).toEqual([created]);
    expect(await harness.batch([anna])).toEqual([{ key: anna, customer_attributes: [created] }]);
  });
});

describe('the configuration of the attributes service', () => {
  const journal_key = 'kept as long as the data of the service';
  const read = (env: Record<string, string>) => attributesConfig(readSettings(attributesSettings, env));
  const good = {
    DATABASE_URL: 'postgresql://u:p@db:5432/postgres',
    CALLER_SECRET: 'thirty-two characters or even more',
    JOURNAL_KEY: journal_key,
  };

  it('has defaults for all but the database and the secret', () => {
    expect(read(good)).toEqual({
      host: '127.0.0.1',
      port: 50053,
      database_url: 'postgresql://u:p@db:5432/attributes',
      database_pool: 4,
      caller_secret: 'thirty-two characters or even more',
      journal_key,
      log_level: 'info',
      reflection: false,
      customers_address: '127.0.0.1:50051',
    });
  });

  it('prefers its own database', () => {
    expect(read({ ...good, ATTRIBUTES_DATABASE_URL: 'postgresql://u:p@own/a' }).database_url).toBe(
      'postgresql://u:p@own/a',
    );
  });

  it('says what is missing', () => {
    expect(() => read({})).toThrow(ConfigurationError);
    expect(() => read({})).toThrow(/ATTRIBUTES_DATABASE_URL[^\n]* must be set[\s\S]*CALLER_SECRET must be set/);
  });
});
