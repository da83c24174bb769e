import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AddressServiceDefinition,
  CrmEventServiceDefinition,
  SocialMediaServiceDefinition,
  TaxResidenceServiceDefinition,
} from '@platform/messages';
import { prepareDatabase } from '@platform/service';
import { createTestDatabase } from '@platform/testing';
import { Client } from 'pg';
import { database } from '../src/gen/database.js';
import { bank, createHarness, type Harness } from './harness.js';
import { populate } from './population.js';

const address = {
  line_1: '',
  line_2: '',
  line_3: '',
  city: '',
  county: '',
  state: '',
  postcode: '',
  country_code: '',
  tags: ['a'],
  status: '',
};

describe("customers' records", () => {
  let harness: Harness | undefined;
  afterEach(async () => {
    await harness?.close();
    harness = undefined;
  });

  it('pass every operation with one connection for commands', async () => {
    harness = await createHarness({ pool: 1 });
    const [addresses, residences, handles, events] = [
      harness.of(AddressServiceDefinition),
      harness.of(TaxResidenceServiceDefinition),
      harness.of(SocialMediaServiceDefinition),
      harness.of(CrmEventServiceDefinition),
    ];
    const { customer_id, customer_number } = await harness.create();
    const key = { bank_id: bank, customer_id };
    const rounds = Array.from({ length: 15 }, async (_, index) => {
      const { customer_address_id } = await addresses.call('createCustomerAddress', { ...key, body: address });
      await addresses.call('updateCustomerAddress', { ...key, customer_address_id, body: { ...address, city: 'x' } });
      const { tax_residence_id } = await residences.call('createTaxResidence', {
        ...key,
        body: { domain: 'd', tax_number: String(index) },
      });
      await handles.call('addSocialMediaHandle', {
        ...key,
        body: { customer_number, type: '', handle: '', date_added: null, date_activated: null },
      });
      await events.call('createCrmEvent', {
        id: null,
        bank_id: bank,
        customer_name: '',
        customer_number,
        category: '',
        detail: '',
        channel: '',
        scheduled_date: null,
        actual_date: null,
        result: '',
      });
      await Promise.all([
        addresses.list('getCustomerAddresses', key),
        residences.list('getTaxResidence', key),
        handles.list('getSocialMediaHandles', key),
        events.list('getCrmEvents', { bank_id: bank }),
      ]);
      await addresses.call('deleteCustomerAddress', { ...key, customer_address_id });
      await residences.call('deleteTaxResidence', { ...key, tax_residence_id });
    });
    await Promise.all(rounds);
    expect(await addresses.list('getCustomerAddresses', key)).toEqual([]);
    expect(await residences.list('getTaxResidence', key)).toEqual([]);
    expect(await handles.list('getSocialMediaHandles', key)).toHaveLength(15);
    expect(await events.list('getCrmEvents', { bank_id: bank })).toHaveLength(15);
  });

  it("answer in UTC whatever the server's zone", async () => {
    harness = await createHarness({ timeZone: 'Asia/Kolkata' });
    const { customer_id, customer_number } = await harness.create();
    const key = { bank_id: bank, customer_id };
    const addresses = harness.of(AddressServiceDefinition);
    const created = await addresses.call('createCustomerAddress', { ...key, body: address });
    expect(
      await addresses.call('updateCustomerAddress', {
        ...key,
        customer_address_id: created.customer_address_id,
        body: address,
      }),
    ).toEqual(created);
    expect(await addresses.list('getCustomerAddresses', key)).toEqual([created]);
    const dates = { date_added: '2013-01-21T23:08:00Z', date_activated: '2013-01-22T20:08:00Z' };
    const handles = harness.of(SocialMediaServiceDefinition);
    await handles.call('addSocialMediaHandle', { ...key, body: { customer_number, type: '', handle: '', ...dates } });
    expect(await handles.list('getSocialMediaHandles', key)).toMatchObject([dates]);
    // Date bounds are read as UTC too.
    await harness.sql(`update customer set updated_at = '2024-03-05T23:00:00Z'`);
    const within = (from_date: string, to_date: string) =>
      harness?.list('streamCustomers', { bank_id: bank, only: null, from_date, to_date });
    expect(await within('2024-03-05T23:00:00Z', '2024-03-05T23:00:00Z')).toHaveLength(1);
    expect(await within('2024-03-05T23:00:01Z', '2024-03-06T23:00:00Z')).toEqual([]);
  });

  it('come to a database that has customers already', async () => {
    const { url, close } = await createTestDatabase('customers before their records', (template) =>
      prepareDatabase({ ...database, migrations: database.migrations.slice(0, 1) }, template),
    );
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(populate, [100]);
    await prepareDatabase(database, url);
    expect((await client.query('select from customer')).rowCount).toBe(100);
    expect((await client.query('select from customer_address')).rowCount).toBe(0);
    await client.end();
    await close();
  });
});
