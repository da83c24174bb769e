import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CustomerEvent } from '@platform/messages';
import { eventually, within } from '@platform/testing';
import { createReceiver, type WebhookReceiver } from '../apps/events/test/receiver.js';
import { newCustomer } from './operations.js';
import { expectStatus, type Person, type Platform, startOwnPlatform } from './platform.js';

let platform: Platform;
let receiver: WebhookReceiver;
let person: Person;
let bank_id: string;
beforeAll(async () => {
  platform = await startOwnPlatform({ WEBHOOKS_TO_PRIVATE_ADDRESSES: 'true', EVENTS_POLL_MS: '50' });
  receiver = await createReceiver();
  bank_id = await platform.bank();
  const roles = [
    'CanCreateCustomer',
    'CanCreateCustomerAddress',
    'CanCreateCustomerAttributeAtOneBank',
    'CanUpdateCustomerEmail',
    'CanDeleteCustomerCascade',
    'CanCreateWebhook',
    'CanGetWebhooks',
    'CanUpdateWebhook',
    'CanGetCustomerEvents',
  ];
  person = await platform.person(...roles.map((role) => `${role}@${bank_id}`));
});
afterAll(async () => {
  await platform.close();
  await receiver.stop();
});

const call = (status: number, method: string, path: string, body?: object) =>
  expectStatus(
    status,
    platform.call(method, path.replace('BANK', bank_id), {
      token: person.token,
      ...(body === undefined ? {} : { body }),
    }),
  );

/** The events of the bank from the beginning, by server-sent events, until there are so many. */
async function watched(count: number): Promise<CustomerEvent[]> {
  const stop = new AbortController();
  const response = await fetch(`${platform.origin}/obp/v5.1.0/banks/${bank_id}/events?from=0`, {
    headers: { DirectLogin: `token=${person.token}` },
    signal: stop.signal,
  });
  let text = '';
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  const events = () => [...text.matchAll(/^data: (.*)\n/gm)].map(([, json = '']) => JSON.parse(json) as CustomerEvent);
  while (events().length < count) text += (await within(10_000, `${count} events`, reader.read())).value ?? '';
  stop.abort();
  return events();
}

describe('what happens to a customer', () => {
  it('reaches webhooks and watchers in its order, without personal data', async () => {
    const { json: webhook } = await call(201, 'POST', '/banks/BANK/event-webhooks', { url: receiver.url, kinds: [] });
    const { json: created } = await call(201, 'POST', '/banks/BANK/customers', {
      ...newCustomer,
      legal_name: 'Eveline Tripman',
      email: 'eveline@example.com',
    });
    const customer = `/banks/BANK/customers/${String(created.customer_id)}`;
    await call(201, 'POST', `${customer}/attribute`, { name: 'COLOUR', type: 'STRING', value: 'Tripman green' });
    await call(200, 'PUT', `${customer}/email`, { email: 'tripman@example.com' });
    await call(200, 'DELETE', `/management/cascading${customer}`);
    const wanted = [
      'customer.created',
      'customer.changed',
      'customer.deleted',
      'customer_attribute.created',
      'customer_attribute.deleted',
    ];
    await eventually(10_000, 'the events', () => receiver.accepted.length >= wanted.length);
    const sent = receiver.accepted.map(({ event }) => event);
    expect(sent.map(({ type }) => type).sort()).toEqual([...wanted].sort());
    for (const kind of ['customer', 'customer_attribute'])
      expect(sent.map(({ type }) => type).filter((type) => type.startsWith(`${kind}.`))).toEqual(
        wanted.filter((type) => type.startsWith(`${kind}.`)),
      );
    expect(sent.findIndex(({ type }) => type === 'customer.created')).toBe(0);
    expect(new Set(sent.map(({ subject }) => subject))).toEqual(new Set([created.customer_id]));
    expect(sent.find(({ type }) => type === 'customer.changed')?.data).toMatchObject({
      bank_id,
      user_id: person.user_id,
      fields: expect.arrayContaining(['email']),
      values: null,
    });
    expect(JSON.stringify(sent)).not.toMatch(/tripman/i);
    expect(await watched(wanted.length)).toEqual(sent);
    const { json: listed } = await call(200, 'GET', '/banks/BANK/event-webhooks');
    expect(listed.webhooks).toEqual([
      expect.objectContaining({ webhook_id: webhook.webhook_id, waiting: 0, dead_letters: 0, last_error: null }),
    ]);
    await call(204, 'DELETE', `/banks/BANK/event-webhooks/${String(webhook.webhook_id)}`);
  }, 60_000);
});
