import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CustomerV310, type SocialMediaJSON, SocialMediaServiceDefinition } from '@platform/messages';
import { bank, type Calls, createHarness, type Harness, refusal } from './harness.js';

const customerUnknown = (id: string) =>
  `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${id})`;
const invalid = (reason: string) => `OBP-10001: Incorrect json format. ${reason}`;
const otherNumber = invalid("customer_number must be the customer's own.");

describe('social media handles of a customer', () => {
  let harness: Harness;
  let rpcs: Calls<SocialMediaServiceDefinition>;
  beforeAll(async () => {
    harness = await createHarness();
    rpcs = harness.of(SocialMediaServiceDefinition);
  });
  afterAll(() => harness.close());

  type Owner = Pick<CustomerV310, 'bank_id' | 'customer_id' | 'customer_number'>;
  const add = ({ bank_id, customer_id, customer_number }: Owner, changes: Partial<SocialMediaJSON> = {}) =>
    rpcs.call('addSocialMediaHandle', {
      bank_id,
      customer_id,
      body: {
        customer_number,
        type: 'PlaceholderString',
        handle: '@one',
        date_added: '2013-01-21T23:08:00Z',
        date_activated: null,
        ...changes,
      },
    });
  const list = ({ bank_id, customer_id }: Owner) => rpcs.list('getSocialMediaHandles', { bank_id, customer_id });
  const nobody: Owner = { bank_id: bank, customer_id: 'unknown', customer_number: '1' };

  it('addSocialMediaHandle answers Success and stores what was posted; newest first', async () => {
    const owner = await harness.create();
    expect(await list(owner)).toEqual([]);
    expect(await add(owner)).toEqual({ success: 'Success' });
    expect(await add(owner, { handle: ' 中 😀 ?', date_added: null, date_activated: '2020-02-29T00:00:00Z' })).toEqual({
      success: 'Success',
    });
    expect(await add(owner)).toEqual({ success: 'Success' });
    const { customer_number } = owner;
    const first = {
      customer_number,
      type: 'PlaceholderString',
      handle: '@one',
      date_added: '2013-01-21T23:08:00Z',
      date_activated: null,
    };
    const second = {
      customer_number,
      type: 'PlaceholderString',
      handle: ' 中 😀 ?',
      date_added: null,
      date_activated: '2020-02-29T00:00:00Z',
    };
    expect(JSON.stringify(await list(owner))).toBe(JSON.stringify([first, second, first]));
  });

  it('getSocialMediaHandles lists many at their limits, newest first', async () => {
    const owner = await harness.create();
    const handles = Array.from({ length: 120 }, (_, index) => `${String(index).padStart(3, '0')}${'😀'.repeat(252)}`);
    for (const handle of handles) await add(owner, { type: '😀'.repeat(255), handle });
    expect((await list(owner)).map(({ handle }) => handle)).toEqual(handles.reverse());
  });

  it("takes the customer's own number alone, and shows the present one", async () => {
    const [owner, other] = [await harness.create(), await harness.create()];
    for (const customer_number of [other.customer_number, '', 'x', `${owner.customer_number} `])
      expect(await refusal(add(owner, { customer_number }))).toBe(otherNumber);
    expect(await list(owner)).toEqual([]);
    await add(owner);
    await harness.call('updateCustomerNumber', {
      bank_id: bank,
      customer_id: owner.customer_id,
      body: { customer_number: 'changed' },
    });
    expect(await refusal(add(owner))).toBe(otherNumber);
    await add({ ...owner, customer_number: 'changed' });
    expect((await list(owner)).map(({ customer_number }) => customer_number)).toEqual(['changed', 'changed']);
    expect(await list(other)).toEqual([]);
  });

  it.each(['', 'a b', 'a\0', 'x'.repeat(256), 'unknown'])('refuses the customer %j', async (customer_id) => {
    expect(await refusal(add({ ...nobody, customer_id }))).toBe(customerUnknown(customer_id));
    expect(await refusal(list({ ...nobody, customer_id }))).toBe(customerUnknown(customer_id));
  });

  it("finds no other bank's customer", async () => {
    const foreign = await harness.create({}, 'other');
    await add(foreign);
    expect(await refusal(add({ ...foreign, bank_id: bank }))).toBe(customerUnknown(foreign.customer_id));
    expect(await refusal(list({ ...foreign, bank_id: bank }))).toBe(customerUnknown(foreign.customer_id));
    expect(await list(foreign)).toHaveLength(1);
  });

  it.each([
    [{ type: 'x'.repeat(256) }, 'type must not be longer than 255 characters.'],
    [{ handle: 'x'.repeat(256) }, 'handle must not be longer than 255 characters.'],
    [{ customer_number: 'x'.repeat(256) }, 'customer_number must not be longer than 255 characters.'],
    [{ handle: '\0' }, 'handle must not contain the NUL character.'],
  ])('refuses %j before the customer', async (changes, text) => {
    expect(await refusal(add(nobody, changes))).toBe(invalid(text));
  });

  it('refuses a missing body and a date that is in no calendar, in two words', async () => {
    expect(await refusal(rpcs.call('addSocialMediaHandle', { ...nobody, body: null }))).toBe(
      invalid('The field body must be given.'),
    );
    const owner = await harness.create();
    for (const date_added of ['2023-02-30T00:00:00Z', 'yesterday', ''])
      expect(await refusal(add(owner, { date_added }))).toBe('OBP-10001: Incorrect json format.');
    expect(await list(owner)).toEqual([]);
  });

  it('waits for a change of the number, and for a deletion', async () => {
    const [renumbered, deleted] = [await harness.create(), await harness.create()];
    await harness.sql('begin');
    await harness.sql(`update customer set customer_number = 'moved' where customer_id = $1`, [renumbered.customer_id]);
    await harness.sql('delete from customer where customer_id = $1', [deleted.customer_id]);
    const waiting = [add(renumbered), add(deleted)].map(refusal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await harness.sql('commit');
    expect(await Promise.all(waiting)).toEqual([otherNumber, customerUnknown(deleted.customer_id)]);
    expect(
      await harness.sql('select from social_media_handle where customer_id = any($1)', [
        [renumbered.customer_id, deleted.customer_id],
      ]),
    ).toEqual([]);
  });
});
