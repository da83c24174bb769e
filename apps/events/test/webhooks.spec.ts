import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Role } from '@platform/messages';
import { caller, refusal } from '@platform/service-testing';
import { eventually } from '@platform/testing';
import { createHarness, type Harness } from './harness.js';
import { bank } from './journals.js';
import { createReceiver, type Received, type WebhookReceiver } from './receiver.js';

let harness: Harness;
let receiver: WebhookReceiver;
beforeEach(async () => {
  harness = await createHarness();
  receiver = await createReceiver();
});
afterEach(async () => {
  await harness.close();
  await receiver.stop();
});

const change = (subject: string, kind = 'customer') => harness.journals.write('customers', { kind, subject });
const ids = (requests: readonly Received[]) => requests.map(({ event }) => event.id);
const acceptedBy = (one: WebhookReceiver, count: number) =>
  eventually(10_000, `${count} events to be accepted`, () => one.accepted.length >= count);

function isSignedBy({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  return (headers['webhook-signature'] ?? '').split(' ').includes(`v1,${signature}`);
}

describe('a webhook', () => {
  it('gets events of its kinds that come after it, signed, as CloudEvents', async () => {
    change('before');
    await harness.logged(1);
    const { secret } = await harness.subscribe({ url: receiver.url, kinds: ['customer'] });
    change('c1');
    change('c1', 'crm_event');
    change('c2');
    await acceptedBy(receiver, 2);
    expect(receiver.accepted.map(({ event }) => event.subject).sort()).toEqual(['c1', 'c2']);
    const [first] = receiver.accepted as [Received];
    expect(first.headers).toMatchObject({
      'content-type': 'application/cloudevents+json',
      'webhook-id': first.event.id,
    });
    expect(Math.abs(Number(first.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);
    expect(isSignedBy(first, secret)).toBe(true);
    expect(isSignedBy({ ...first, body: `${first.body} ` }, secret)).toBe(false);
  });

  it('holds back the later events of a customer whose event is refused, and no others', async () => {
    await harness.subscribe({ url: receiver.url });
    let refusals = 0;
    receiver.answer = ({ event }) => (event.subject === 'c1' && (refusals += 1) <= 2 ? 500 : 204);
    const [c1a, c2a, c1b, c2b] = ['c1', 'c2', 'c1', 'c2'].map((subject) => change(subject).entry_id);
    await acceptedBy(receiver, 4);
    expect(ids(receiver.refused)).toEqual([c1a, c1a]);
    const order = ids(receiver.accepted);
    expect(order.slice(2)).toEqual([c1a, c1b]);
    expect(order.slice(0, 2)).toEqual([c2a, c2b]);
    const { webhooks } = await harness.call('getEventWebhooks', { bank_id: bank });
    expect(webhooks[0]).toMatchObject({ waiting: 0, dead_letters: 0, last_error: null });
  });

  it('is not held up by another receiver that does not answer', async () => {
    const silent = await createReceiver();
    silent.answer = () => new Promise(() => undefined);
    await harness.subscribe({ url: silent.url });
    await harness.subscribe({ url: receiver.url });
    for (let n = 0; n < 250; n += 1) change(`c${n % 50}`);
    await acceptedBy(receiver, 250);
    expect(silent.accepted).toEqual([]);
    await silent.stop();
  });

  it('gets everything once its receiver is there again, each customer in order', async () => {
    await harness.subscribe({ url: receiver.url });
    await receiver.stop();
    for (let n = 0; n < 300; n += 1) change(`c${n % 30}`);
    await eventually(
      10_000,
      'events to wait',
      async () => ((await harness.call('getEventWebhooks', { bank_id: bank })).webhooks[0]?.waiting ?? 0) >= 100,
    );
    const { webhooks } = await harness.call('getEventWebhooks', { bank_id: bank });
    expect(webhooks[0]?.last_error).toBe('ECONNREFUSED');
    await receiver.start();
    await acceptedBy(receiver, 300);
    for (let n = 0; n < 30; n += 1) {
      const own = receiver.accepted.filter(({ event }) => event.subject === `c${n}`).map(({ event }) => event.sequence);
      expect(own).toEqual([...own].sort());
      expect(own).toHaveLength(10);
    }
  }, 60_000);

  it('has dead letters after a day, which can be sent again', async () => {
    const { webhook_id } = await harness.subscribe({ url: receiver.url });
    receiver.answer = () => 500;
    const { entry_id } = change('c1');
    const state = async () => (await harness.call('getEventWebhooks', { bank_id: bank })).webhooks[0];
    await eventually(5_000, 'a refusal', async () => (await state())?.waiting === 1);
    await harness.sql(`update delivery set tried_since = now() - interval '25 hours', available_at = now()`);
    await eventually(5_000, 'a dead letter', async () => (await state())?.dead_letters === 1);
    const { dead_letters } = await harness.call('getDeadLetters', { bank_id: bank, webhook_id });
    expect(dead_letters).toEqual([
      { event: expect.objectContaining({ id: entry_id, subject: 'c1' }), attempts: 2, last_error: 'status 500' },
    ]);
    // A dead letter holds up nothing.
    receiver.answer = () => 204;
    change('c1');
    await acceptedBy(receiver, 1);
    expect(await harness.call('resendDeadLetters', { bank_id: bank, webhook_id })).toEqual({ resent: 1 });
    await acceptedBy(receiver, 2);
    expect(receiver.accepted[1]?.event.id).toBe(entry_id);
    expect(await state()).toMatchObject({ waiting: 0, dead_letters: 0 });
  });

  it('signs with two secrets while they are rotated, and shows and stores neither', async () => {
    const { secret, webhook_id } = await harness.subscribe({ url: receiver.url });
    const rotated = await harness.call('rotateEventWebhookSecret', { bank_id: bank, webhook_id });
    change('c1');
    await acceptedBy(receiver, 1);
    const [request] = receiver.accepted as [Received];
    expect([secret, rotated.secret].map((one) => isSignedBy(request, one))).toEqual([true, true]);
    await harness.sql(`update webhook set former_until = now() - interval '1 second'`);
    await eventually(10_000, 'one signature', async () => {
      change('c2');
      const before = receiver.accepted.length;
      await acceptedBy(receiver, before + 1);
      return !isSignedBy(receiver.accepted.at(-1) as Received, secret);
    });
    expect(isSignedBy(receiver.accepted.at(-1) as Received, rotated.secret)).toBe(true);
    const shown = JSON.stringify([
      await harness.call('getEventWebhooks', { bank_id: bank }),
      await harness.sql('select * from webhook'),
    ]);
    expect(shown).not.toContain('whsec_');
    expect(shown).not.toContain(secret.slice(6));
  });

  it('that is disabled or deleted gets nothing; enabled again it gets what it missed', async () => {
    const { webhook_id } = await harness.subscribe({ url: receiver.url });
    const set = (is_enabled: boolean) =>
      harness.call('updateEventWebhook', {
        bank_id: bank,
        webhook_id,
        body: { url: receiver.url, kinds: [], is_enabled },
      });
    expect(await set(false)).toMatchObject({ is_enabled: false, webhook_id });
    // A change of a webhook counts within a second.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    change('c1');
    await harness.logged(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(receiver.accepted).toEqual([]);
    await set(true);
    await acceptedBy(receiver, 1);
    await harness.call('deleteEventWebhook', { bank_id: bank, webhook_id });
    expect(await harness.sql('select from webhook')).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    change('c2');
    await harness.logged(2);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(receiver.accepted).toHaveLength(1);
  });

  it('is refused with a wrong url or kind, without a role, and as the fifty-first', async () => {
    expect(await refusal(harness.subscribe({ url: 'ftp://receiver.example' }))).toMatch(/^OBP-10001.*https/);
    expect(await refusal(harness.subscribe({ kinds: ['account'] }))).toMatch(/^OBP-10001.*can only be: customer/);
    const request = { bank_id: bank, body: { url: receiver.url, kinds: [] } };
    const reader = caller(bank, [Role.ROLE_CAN_GET_WEBHOOKS]);
    expect(await refusal(harness.call('createEventWebhook', request, reader))).toMatch(/^OBP-20006/);
    const made = await Promise.allSettled(Array.from({ length: 55 }, () => harness.subscribe({})));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
    expect(await refusal(harness.subscribe({}))).toMatch(/^OBP-30047.*50 at most/);
  });

  it('of another bank, or of none, is unknown', async () => {
    const { webhook_id } = await harness.subscribe({ url: receiver.url });
    const unknown = /^OBP-30050/;
    const body = { url: receiver.url, kinds: [], is_enabled: true };
    for (const key of [
      { bank_id: 'other', webhook_id },
      { bank_id: bank, webhook_id: 'unknown' },
    ]) {
      expect(await refusal(harness.call('updateEventWebhook', { ...key, body }))).toMatch(unknown);
      expect(await refusal(harness.call('rotateEventWebhookSecret', key))).toMatch(unknown);
      expect(await refusal(harness.call('getDeadLetters', key))).toMatch(unknown);
      expect(await refusal(harness.call('resendDeadLetters', key))).toMatch(unknown);
      expect(await refusal(harness.call('deleteEventWebhook', key))).toMatch(unknown);
    }
    expect(await harness.call('getEventWebhooks', { bank_id: 'other' })).toEqual({ webhooks: [] });
  });
});
