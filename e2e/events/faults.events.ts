import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CustomerEvent } from '@platform/messages';
import { eventually } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasNats, type Nats, startNats } from './nats.js';
import { createEventsStage, type EventsStage } from './stage.js';

jest.setTimeout(1_800_000);

const down_ms = Number(process.env['EVENTS_DOWN_SECONDS'] ?? 60) * 1_000;
const perSecond = 50;

/** What a sink has got, each time that it got it. */
interface Got {
  readonly id: string;
  readonly body: string;
}

let nats: Nats | undefined;
let stage: EventsStage;
beforeEach(async () => {
  nats = hasNats ? await startNats() : undefined;
  stage = await createEventsStage(nats === undefined ? {} : { NATS_URL: nats.url });
});
afterEach(async () => {
  await stage.close().finally(() => nats?.close());
});

const byWebhook = (): Got[] =>
  stage.receiver.accepted.map(({ headers, body }) => ({ id: headers['webhook-id'] ?? '', body }));
const byNats = async (): Promise<Got[]> => (await nats?.stored('CUSTOMER_EVENTS')) ?? [];

/** Checks that everything that was committed has arrived, in order for each customer, and repeated under its own id only. */
function check(sink: string, got: readonly Got[]): void {
  const first = new Map<string, string>();
  for (const { id, body } of got) {
    expect((JSON.parse(body) as CustomerEvent).id).toBe(id);
    if (first.has(id)) expect(body).toBe(first.get(id));
    else first.set(id, body);
  }
  expect([...first.keys()].sort()).toEqual(stage.written.map(({ entry_id }) => entry_id).sort());
  const latest = new Map<string, string>();
  for (const body of first.values()) {
    const { subject, sequence } = JSON.parse(body) as CustomerEvent;
    expect(sequence > (latest.get(subject) ?? '')).toBe(true);
    latest.set(subject, sequence);
  }
  process.stdout.write(`${sink}: ${stage.written.length} changes, ${got.length - first.size} duplicates\n`);
}

/** @returns how long it took, in milliseconds */
async function everythingArrived(): Promise<number> {
  const wanted = stage.written.length;
  return eventually(120_000, `${wanted} events`, async () => {
    const webhook = new Set(byWebhook().map(({ id }) => id)).size;
    if (webhook < wanted || nats === undefined) return webhook >= wanted;
    await sleep(500);
    return new Set((await byNats()).map(({ id }) => id)).size >= wanted;
  });
}

describe('every committed change arrives, in order for each customer', () => {
  it('although replicas, the receiver and NATS are killed', async () => {
    const writing = stage.write(perSecond);
    const killReplicas = async () => {
      for (let n = 0; n < 20; n += 1) {
        await sleep(2_000);
        await stage.kill(n % 2);
      }
    };
    const stopReceiver = async () => {
      for (let n = 0; n < 20; n += 1) {
        await sleep(1_500);
        await stage.receiver.stop();
        await sleep(500);
        await stage.receiver.start();
      }
    };
    const killNats = async () => {
      for (let n = 0; n < 20; n += 1) {
        await sleep(1_500);
        await nats?.kill();
        await sleep(500);
        await nats?.start();
      }
    };
    await Promise.all([killReplicas(), stopReceiver(), killNats()]);
    writing.stop();
    const took = await everythingArrived();
    process.stdout.write(`after the last kill it took ${took} ms\n`);
    check('webhook', byWebhook());
    if (nats !== undefined) check('NATS', await byNats());
  });

  it('although the sinks are down', async () => {
    const writing = stage.write(perSecond);
    await sleep(2_000);
    await stage.receiver.stop();
    await nats?.kill();
    await sleep(down_ms);
    await stage.receiver.start();
    await nats?.start();
    await sleep(2_000);
    writing.stop();
    const took = await everythingArrived();
    process.stdout.write(`after ${down_ms / 1_000} s and ${stage.written.length} changes it took ${took} ms\n`);
    check('webhook', byWebhook());
    if (nats !== undefined) check('NATS', await byNats());
  });
});
