import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AddressServiceDefinition,
  type CustomerAddressV310,
  type PostCustomerAddressJsonV310,
} from '@platform/messages';
import { bank, type Calls, createHarness, type Harness, refusal } from './harness.js';

const posted: PostCustomerAddressJsonV310 = {
  line_1: 'No 1 the Road',
  line_2: 'The Place',
  line_3: 'The Hill',
  city: 'Berlin',
  county: '',
  state: 'Brandenburg',
  postcode: '13359',
  country_code: 'DE',
  tags: ['mailing', 'home'],
  status: 'OK',
};
const customerUnknown = (id: string) =>
  `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${id})`;
const addressUnknown = "OBP-30310: Customer's Address not found by CUSTOMER_ADDRESS_ID. ";
const noIds = ['', 'a b', 'a\0', 'x'.repeat(256), "x' or '1'='1"];

describe('addresses of a customer', () => {
  let harness: Harness;
  let rpcs: Calls<AddressServiceDefinition>;
  beforeAll(async () => {
    harness = await createHarness();
    rpcs = harness.of(AddressServiceDefinition);
  });
  afterAll(() => harness.close());

  const body = (changes: Partial<PostCustomerAddressJsonV310> = {}) => ({ ...posted, ...changes });
  const create = (customer_id: string, changes: Partial<PostCustomerAddressJsonV310> = {}, bank_id = bank) =>
    rpcs.call('createCustomerAddress', { bank_id, customer_id, body: body(changes) });
  const list = (customer_id: string, bank_id = bank) => rpcs.list('getCustomerAddresses', { bank_id, customer_id });
  const update = (
    customer_id: string,
    customer_address_id: string,
    changes: Partial<PostCustomerAddressJsonV310> = {},
    bank_id = bank,
  ) => rpcs.call('updateCustomerAddress', { bank_id, customer_id, customer_address_id, body: body(changes) });
  const remove = (customer_id: string, customer_address_id: string, bank_id = bank) =>
    rpcs.call('deleteCustomerAddress', { bank_id, customer_id, customer_address_id });
  const customer = async (bank_id = bank) => (await harness.create({}, bank_id)).customer_id;

  it('createCustomerAddress answers what was posted in wire order, its status too, and stores it', async () => {
    const customer_id = await customer();
    const created = await create(customer_id);
    const { customer_address_id, insert_date } = created;
    const answered = { customer_address_id, customer_id, ...posted, insert_date, version: 1 };
    expect(JSON.stringify(created)).toBe(JSON.stringify(answered));
    expect(customer_address_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect(Math.abs(Date.now() - Date.parse(insert_date))).toBeLessThan(60_000);
    expect(insert_date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await list(customer_id)).toEqual([created]);
  });

  it('keeps texts and tags as they are given', async () => {
    const tags = [
      '',
      ' ',
      ' both sides ',
      'a,b',
      'NULL',
      'null',
      '"',
      '\\',
      '{}',
      '\n\t',
      "?'$1:x",
      '中 😀',
      'twice',
      'twice',
    ];
    const customer_id = await customer();
    const created = await create(customer_id, {
      line_1: ' " \\ ? $1 中 😀\n',
      tags,
      state: '',
      postcode: '',
      country_code: 'not a code',
    });
    expect(created).toMatchObject({
      line_1: ' " \\ ? $1 中 😀\n',
      tags,
      state: '',
      postcode: '',
      country_code: 'not a code',
      status: 'OK',
    });
    const untagged = await create(customer_id, { tags: [] });
    expect(untagged.tags).toEqual([]);
    expect(await list(customer_id)).toEqual([created, untagged]);
    const changed = await update(customer_id, untagged.customer_address_id, { tags });
    expect(changed.tags).toEqual(tags);
    expect(await list(customer_id)).toEqual([created, changed]);
    expect((await update(customer_id, untagged.customer_address_id, { tags: [] })).tags).toEqual([]);
    expect(await list(customer_id)).toEqual([created, { ...untagged, version: 3 }]);
  });

  it('takes equal addresses, and every text and tag at its limit', async () => {
    const customer_id = await customer();
    const most = '😀'.repeat(255);
    const largest = {
      line_1: most,
      line_2: most,
      line_3: most,
      city: most,
      county: most,
      state: most,
      postcode: most,
      country_code: most,
      status: most,
      tags: Array<string>(50).fill(most),
    };
    const created: CustomerAddressV310[] = [];
    for (let index = 0; index < 110; index += 1) created.push(await create(customer_id, largest));
    expect(await list(customer_id)).toEqual(created);
  });

  it.each([0, 49, 50, 51, 100, 101])('getCustomerAddresses lists %i addresses, oldest first', async (count) => {
    const customer_id = await customer();
    const [address] = count === 0 ? [] : [await create(customer_id)];
    await harness.sql(
      `insert into customer_address select bank_id, customer_address_id || lpad(i::text, 5, '0'), customer_id, i::text, line_2, line_3, city, county, state, postcode, country_code, tags, status, created_at, updated_at
       from customer_address, generate_series(2, $2::int) i where customer_address_id = $1`,
      [address?.customer_address_id, count],
    );
    const lines = (await list(customer_id)).map(({ line_1 }) => line_1);
    expect(lines).toEqual(
      Array.from({ length: count }, (_, index) => (index === 0 ? posted.line_1 : String(index + 1))),
    );
  });

  it('updateCustomerAddress replaces all but the insert date, of this address alone', async () => {
    const customer_id = await customer();
    const [before, other] = [await create(customer_id), await create(customer_id)];
    await harness.sql(
      `update customer_address set created_at = '2020-02-03T04:05:06Z', updated_at = '2020-02-03T04:05:06Z' where customer_address_id = $1`,
      [before.customer_address_id],
    );
    const replaced = {
      line_1: 'a',
      line_2: 'b',
      line_3: 'c',
      city: 'd',
      county: 'e',
      state: 'f',
      postcode: 'g',
      country_code: 'h',
      tags: ['i'],
      status: 'j',
    };
    const after = await update(customer_id, before.customer_address_id, replaced);
    expect(after).toEqual({ ...before, ...replaced, insert_date: '2020-02-03T04:05:06Z', version: 2 });
    expect(await list(customer_id)).toEqual([after, other]);
    const [row] = await harness.sql<{ fresh: boolean; version: number }>(
      `select updated_at > now() - interval '1 minute' as fresh, version from customer_address where customer_address_id = $1`,
      [before.customer_address_id],
    );
    expect(row).toEqual({ fresh: true, version: 2 });
  });

  it('deleteCustomerAddress removes this address alone, once', async () => {
    const customer_id = await customer();
    const [gone, kept] = [await create(customer_id), await create(customer_id)];
    expect(await remove(customer_id, gone.customer_address_id)).toEqual({ value: true });
    expect(await list(customer_id)).toEqual([kept]);
    expect(await refusal(remove(customer_id, gone.customer_address_id))).toBe(addressUnknown);
    expect(await refusal(update(customer_id, gone.customer_address_id))).toBe(addressUnknown);
  });

  it.each([...noIds, 'unknown'])('refuses the customer %j before the address', async (id) => {
    for (const text of await Promise.all(
      [create(id), list(id), update(id, 'unknown'), remove(id, 'unknown')].map(refusal),
    ))
      expect(text).toBe(customerUnknown(id));
    expect(await harness.sql('select from customer_address where customer_id = $1', ['unknown'])).toEqual([]);
  });

  it.each([...noIds, 'unknown'])('finds no address %j', async (id) => {
    const customer_id = await customer();
    expect(await refusal(update(customer_id, id))).toBe(addressUnknown);
    expect(await refusal(remove(customer_id, id))).toBe(addressUnknown);
  });

  it("reaches no other customer's address, and no other bank's", async () => {
    const [own, other, foreign] = [await customer(), await customer(), await customer('other')];
    const address = await create(own);
    const abroad = await create(foreign, {}, 'other');
    for (const { customer_address_id } of [address, abroad]) {
      expect(await refusal(update(other, customer_address_id, { city: 'x' }))).toBe(addressUnknown);
      expect(await refusal(remove(other, customer_address_id))).toBe(addressUnknown);
    }
    for (const text of await Promise.all(
      [
        create(foreign),
        list(foreign),
        update(foreign, abroad.customer_address_id),
        remove(foreign, abroad.customer_address_id),
      ].map(refusal),
    )) {
      expect(text).toBe(customerUnknown(foreign));
    }
    expect(await list(own)).toEqual([address]);
    expect(await list(other)).toEqual([]);
    expect(await list(foreign, 'other')).toEqual([abroad]);
  });

  it.each([
    ...['line_1', 'line_2', 'line_3', 'city', 'county', 'state', 'postcode', 'country_code', 'status'].flatMap(
      (field) => [
        { changes: { [field]: 'x'.repeat(256) }, text: `${field} must not be longer than 255 characters.` },
        { changes: { [field]: 'a\0b' }, text: `${field} must not contain the NUL character.` },
      ],
    ),
    { changes: { tags: ['ok', 'x'.repeat(256)] }, text: 'tags must not be longer than 255 characters.' },
    { changes: { tags: ['\0'] }, text: 'tags must not contain the NUL character.' },
    { changes: { tags: Array<string>(51).fill('') }, text: 'tags must not have more than 50 elements.' },
  ])('refuses a body before the customer: $text', async ({ changes, text }) => {
    expect(await refusal(create('unknown', changes))).toBe(`OBP-10001: Incorrect json format. ${text}`);
    expect(await refusal(update('unknown', 'unknown', changes))).toBe(`OBP-10001: Incorrect json format. ${text}`);
  });

  it('refuses a missing body', async () => {
    const text = 'OBP-10001: Incorrect json format. The field body must be given.';
    expect(
      await refusal(rpcs.call('createCustomerAddress', { bank_id: bank, customer_id: 'unknown', body: null })),
    ).toBe(text);
    expect(
      await refusal(
        rpcs.call('updateCustomerAddress', {
          bank_id: bank,
          customer_id: 'unknown',
          customer_address_id: 'unknown',
          body: null,
        }),
      ),
    ).toBe(text);
  });

  it('lets one of 20 parallel deletions have an address, and loses no parallel creation', async () => {
    const customer_id = await customer();
    const { customer_address_id } = await create(customer_id);
    const created = await Promise.all(Array.from({ length: 20 }, () => create(customer_id)));
    const outcomes = await Promise.all(
      created.map(() =>
        remove(customer_id, customer_address_id).then(
          () => 'deleted',
          (error: Error) => error.message,
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'deleted')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === addressUnknown)).toHaveLength(19);
    expect((await list(customer_id)).map((address) => address.customer_address_id).sort()).toEqual(
      created.map((address) => address.customer_address_id).sort(),
    );
  });

  it('leaves no orphan when the customer goes while addresses are written', async () => {
    for (let round = 0; round < 8; round += 1) {
      const customer_id = await customer();
      const { customer_address_id } = await create(customer_id);
      const outcome = (call: Promise<unknown>) =>
        call.then(
          () => 'ok',
          (error: Error) => error.message,
        );
      const writes = Array.from({ length: 5 }, () => [
        create(customer_id),
        update(customer_id, customer_address_id),
        list(customer_id),
      ])
        .flat()
        .map(outcome);
      const gone = harness.sql('delete from customer where bank_id = $1 and customer_id = $2', [bank, customer_id]);
      const late = Array.from({ length: 5 }, () => [
        create(customer_id),
        update(customer_id, customer_address_id),
        remove(customer_id, customer_address_id),
      ])
        .flat()
        .map(outcome);
      await gone;
      for (const text of await Promise.all([...writes, ...late]))
        expect(['ok', customerUnknown(customer_id), addressUnknown]).toContain(text);
      expect(await harness.sql('select from customer_address where customer_id = $1', [customer_id])).toEqual([]);
      for (const text of await Promise.all(
        [
          create(customer_id),
          list(customer_id),
          update(customer_id, customer_address_id),
          remove(customer_id, customer_address_id),
        ].map(refusal),
      )) {
        expect(text).toBe(customerUnknown(customer_id));
      }
    }
  });

  it('waits for a deletion that has begun, and then finds nobody', async () => {
    const customer_id = await customer();
    const { customer_address_id } = await create(customer_id);
    await harness.sql('begin');
    await harness.sql('delete from customer where bank_id = $1 and customer_id = $2', [bank, customer_id]);
    const waiting = [
      create(customer_id),
      update(customer_id, customer_address_id),
      remove(customer_id, customer_address_id),
    ].map(refusal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await harness.sql('commit');
    expect(await Promise.all(waiting)).toEqual([1, 2, 3].map(() => customerUnknown(customer_id)));
  });

  it('has them still after a restart', async () => {
    const customer_id = await customer();
    const created = await create(customer_id);
    await harness.restart();
    expect(await list(customer_id)).toEqual([created]);
  });
});
