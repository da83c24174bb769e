import { once } from 'node:events';
import { connect } from 'node:http2';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { bind } from '@platform/grpc';
import {
  type AuditEvent,
  AuditServiceDefinition,
  type CustomersMinimal,
  GetCustomersMinimalAtOneBankRequest,
} from '@platform/messages';
import { eventually, patient } from '@platform/testing';
import { createStage, type CustomerHandlers, type Stage } from './gateway.js';

let stage: Stage | undefined;
let events: AuditEvent[] = [];
/** What the fake directory does with events. */
let take: (events: AuditEvent[]) => Promise<void>;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

type List = NonNullable<CustomerHandlers['getCustomersMinimalAtOneBank']>;
const page = (from: number): CustomersMinimal => ({
  customers: Array.from({ length: 500 }, (_, index) => ({
    bank_id: 'a',
    customer_id: `${String(from + index)}-${'x'.repeat(100)}`,
  })),
});
async function* endless(): AsyncGenerator<CustomersMinimal> {
  for (let from = 0; from < 1_000_000; from += 500) yield page(from);
}

async function open(list: List): Promise<Stage> {
  events = [];
  take = async (given) => void events.push(...given);
  const trail = bind(AuditServiceDefinition, {
    async recordAuditEvents({ events: given }) {
      await take(given);
      return {};
    },
  });
  return (stage = await createStage({ getCustomersMinimalAtOneBank: list }, {}, [trail]));
}

const path = '/obp/v5.1.0/banks/a/customers-minimal?limit=1000000';
const recorded = async (count = 1) => {
  await eventually(4_000, 'the events', () => events.length >= count);
  return events.map(({ kind, operation_id, result }) => [kind, operation_id, result]);
};
const left = ['export', 'OBPv5.0.0-getCustomersMinimalAtOneBank', 'incomplete'];

describe('an export that its reader leaves', () => {
  it('is told of over REST', async () => {
    const { port } = await open(endless);
    const client = request({ port, host: '127.0.0.1', path, headers: { DirectLogin: 'token=T' } }).end();
    await new Promise<void>((resolve, reject) =>
      client.on('response', (response) => void response.once('data', () => resolve())).on('error', reject),
    );
    client.destroy();
    expect(await recorded()).toEqual([left]);
  });

  it('is told of over gRPC', async () => {
    const { origin } = await open(endless);
    const session = connect(origin);
    const message = GetCustomersMinimalAtOneBankRequest.encode({
      bank_id: 'a',
      limit: 1_000_000,
      offset: null,
      sort_direction: null,
    }).finish();
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/obp.customers.v1.CustomerService/GetCustomersMinimalAtOneBank',
      'content-type': 'application/grpc',
      te: 'trailers',
      directlogin: 'token=T',
    });
    stream.on('error', () => undefined).end(Buffer.concat([head, message]));
    await once(stream, 'data');
    stream.close(8);
    expect(await recorded()).toEqual([left]);
    session.close();
  });
});

describe('a directory that takes no events', () => {
  it('delays no answer, and has them once it takes them again', async () => {
    const { get } = await open(async function* () {
      yield page(0);
    });
    take = async () => {
      throw new Error('down');
    };
    const since = performance.now();
    for (let index = 0; index < 5; index += 1) expect((await get('/banks/a/customers-minimal')).status).toBe(200);
    expect(performance.now() - since).toBeLessThan(patient(2_000));
    take = async (given) => void events.push(...given);
    expect(await recorded(5)).toEqual(Array(5).fill(['export', 'OBPv5.0.0-getCustomersMinimalAtOneBank', 'ok']));
  });

  it('has what was seen before the gateway ended', async () => {
    const { get, closeGateway } = await open(async function* () {
      yield page(0);
    });
    expect((await get('/banks/a/customers-minimal')).status).toBe(200);
    await closeGateway();
    expect(events).toHaveLength(1);
  });
});
