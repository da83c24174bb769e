import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@platform/testing';
import { createHarness, type Harness } from './harness.js';

let harness: Harness;
afterEach(() => harness.close());

const texts = async (count: number) => (await harness.logged(count)).map(({ type, subject }) => `${type} ${subject}`);

describe('the log of events', () => {
  it('has the entries of all journals as CloudEvents, in order within each, without gaps', async () => {
    harness = await createHarness();
    const { journals } = harness;
    for (let number = 0; number < 1_200; number += 1) {
      journals.write('customers', { kind: 'customer', subject: `c${number}` });
      if (number % 2 === 0) journals.write('attributes', { kind: 'customer_attribute', subject: `c${number}` });
    }
    journals.write('agents', { kind: 'agent', subject: 'a1', action: 'changed', version: 2, fields: ['is_pending'] });
    journals.write('attributes', { kind: 'attribute_definition', subject: '', record_id: 'd1' });
    const events = await harness.logged(1_802);
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 1_802 }, (_, n) => n + 1));
    for (const name of ['customers', 'attributes']) {
      const own = events.filter(({ id }) => id.startsWith(`${name}-`));
      expect(own.map(({ id }) => id)).toEqual(own.map((_, index) => `${name}-${index + 1}`));
    }
    expect(events.find(({ subject }) => subject === 'a1')).toMatchObject({
      type: 'agent.changed',
      source: '/banks/gh.29.uk',
      data: { version: 2, fields: ['is_pending'], user_id: 'user', values: null },
    });
    expect(events.filter(({ subject }) => subject === 'd1').map(({ type }) => type)).toEqual([
      'attribute_definition.created',
    ]);
    expect(journals.asked.values).toBe(false);
  });

  it('has a customer before its records, although they are in other journals', async () => {
    harness = await createHarness();
    const { journals } = harness;
    let number = 0;
    // Between the reading of two journals, a customer and then its attribute are committed.
    journals.beforeRead = async () => {
      if (number >= 200) return;
      number += 1;
      journals.write('customers', { kind: 'customer', subject: `c${number}` });
      journals.write('attributes', { kind: 'customer_attribute', subject: `c${number}` });
    };
    const events = await texts(400);
    for (let n = 1; n <= 200; n += 1)
      expect(events.indexOf(`customer.created c${n}`)).toBeLessThan(events.indexOf(`customer_attribute.created c${n}`));
  });

  it('continues after a restart, and two replicas log each entry once', async () => {
    harness = await createHarness();
    const { journals } = harness;
    const replica = await harness.replica();
    for (let n = 0; n < 300; n += 1) journals.write('customers', { kind: 'customer', subject: `c${n}` });
    await harness.logged(300);
    await harness.stop();
    for (let n = 300; n < 600; n += 1) journals.write('customers', { kind: 'customer', subject: `c${n}` });
    await harness.start();
    const events = await harness.logged(600);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => `customers-${index + 1}`));
    await replica.close();
  });

  it('leaves out a journal that cannot be read, and catches up later', async () => {
    harness = await createHarness();
    const { journals } = harness;
    journals.beforeRead = async (name) => {
      if (name === 'links') throw new Error('the journal is broken');
    };
    journals.write('links', { kind: 'user_customer_link', subject: 'c1' });
    journals.write('agents', { kind: 'agent', subject: 'a1' });
    expect(await texts(1)).toEqual(['agent.created a1']);
    journals.beforeRead = async () => undefined;
    expect(await texts(2)).toEqual(['agent.created a1', 'user_customer_link.created c1']);
  });

  it('keeps values only if the settings say so, and until the customer is deleted', async () => {
    harness = await createHarness({ with_values: true });
    const { journals } = harness;
    const values = '{"was":{},"became":{"legal_name":"Eveline Tripman"}}';
    journals.write('customers', { kind: 'customer', subject: 'c1', values });
    journals.write('customers', { kind: 'customer', subject: 'c2', values });
    journals.write('attributes', { kind: 'customer_attribute', subject: 'c1', values });
    const before = await harness.logged(3);
    expect(journals.asked.values).toBe(true);
    expect(before.map(({ data }) => data?.values)).toEqual(Array(3).fill(JSON.parse(values)));
    journals.write('customers', { kind: 'customer', subject: 'c1', action: 'deleted' });
    await harness.logged(1, 3);
    const after = await harness.logged(4);
    expect(after.filter(({ data }) => data?.values !== null).map(({ subject }) => subject)).toEqual(['c2']);
    expect(JSON.stringify(await harness.sql('select * from event where subject = $1', ['c1']))).not.toContain(
      'Eveline',
    );
  });

  it('forgets old events that every sink has dealt with, and disables a webhook that is too late', async () => {
    harness = await createHarness();
    await harness.subscribe({ kinds: ['agent'] });
    const late = await harness.subscribe({ kinds: ['customer'] });
    await harness.call('updateEventWebhook', {
      bank_id: late.bank_id,
      webhook_id: late.webhook_id,
      body: { url: late.url, kinds: [], is_enabled: true },
    });
    harness.journals.write('customers', { kind: 'customer', subject: 'c1' });
    await harness.logged(1);
    await harness.stop();
    await harness.sql('delete from delivery');
    await harness.sql('update webhook set position = 0');
    await harness.sql(`update event set recorded_at = now() - interval '8 days'`);
    await harness.start();
    await eventually(5_000, 'old events to go', async () => (await harness.sql('select from event')).length === 0);
    const { webhooks } = await harness.call('getEventWebhooks', { bank_id: late.bank_id });
    expect(webhooks.map(({ is_enabled }) => is_enabled)).toEqual([true, false]);
  });
});
