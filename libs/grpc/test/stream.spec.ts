import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fail } from '@platform/failure';
import { type CustomersMinimal, CustomerServiceDefinition, Failure } from '@platform/messages';
import { bind, type Handler } from '../src/index.js';
import {
  carriages,
  carryBy,
  context,
  createGate,
  errorOf,
  listCustomers,
  noPage,
  serve,
  type Served,
} from './fake-service.js';

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

type List = Handler<CustomerServiceDefinition['methods']['getCustomersMinimalAtAnyBank']>;

const serveList = async (getCustomersMinimalAtAnyBank: List) =>
  (served = await serve([bind(CustomerServiceDefinition, { getCustomersMinimalAtAnyBank })]));
const chunk = (customer_id: string): CustomersMinimal => ({ customers: [{ customer_id, bank_id: 'a' }] });

async function idsOf(
  chunks: AsyncIterable<CustomersMinimal>,
  each: () => Promise<void> = async () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const { customers } of chunks) {
    for (const { customer_id } of customers) ids.push(customer_id);
    await each();
  }
  return ids;
}

describe.each(carriages)('a server stream by %s', (by) => {
  beforeEach(() => carryBy(by));

  it('arrives whole and in order, also when there is nothing', async () => {
    const { peer } = await serveList(async function* ({ limit }) {
      for (let index = 0; index < (limit ?? 0); index += 1) yield chunk(String(index));
    });
    expect(await idsOf(peer.stream(listCustomers, { ...noPage, limit: 500 }, context))).toEqual(
      Array.from({ length: 500 }, (_, index) => String(index)),
    );
    expect(await idsOf(peer.stream(listCustomers, noPage, context))).toEqual([]);
  });

  it('is made no faster than it is read, without a listener left behind', async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error) => void warnings.push(warning);
    process.on('warning', keep);
    let made = 0;
    const { peer } = await serveList(async function* () {
      for (; made < 300; made += 1) yield chunk(`${made}-${'x'.repeat(64 * 1024)}`);
    });
    const chunks = peer.stream(listCustomers, noPage, context)[Symbol.asyncIterator]();
    await chunks.next();
    await sleep(200);
    expect(made).toBeLessThan(100);
    const rest = await idsOf({ [Symbol.asyncIterator]: () => chunks });
    process.off('warning', keep);
    expect(rest).toHaveLength(299);
    expect(warnings).toEqual([]);
  });

  it('fails with the failure that comes in its middle, after what came before', async () => {
    const { peer } = await serveList(async function* () {
      yield chunk('1');
      yield chunk('2');
      fail(Failure.FAILURE_BANK_NOT_FOUND, ' in the middle');
    });
    const seen: string[] = [];
    const error = await errorOf(
      (async () => {
        for await (const { customers } of peer.stream(listCustomers, noPage, context))
          seen.push(customers[0]?.customer_id ?? '');
      })(),
    );
    expect(seen).toEqual(['1', '2']);
    expect(error).toMatchObject({ failure: Failure.FAILURE_BANK_NOT_FOUND, detail: ' in the middle' });
  });

  it('is refused by a failure before its first chunk', async () => {
    const { peer } = await serveList(() => fail(Failure.FAILURE_INVALID_LIMIT));
    expect(await errorOf(idsOf(peer.stream(listCustomers, noPage, context)))).toMatchObject({
      failure: Failure.FAILURE_INVALID_LIMIT,
    });
  });

  it.each(['stops reading', 'gives up by its signal'])('stops its source when the reader %s', async (how) => {
    const stopped = createGate();
    const { peer } = await serveList(async function* () {
      try {
        for (let index = 0; ; index += 1) {
          yield chunk(String(index));
          await sleep(1);
        }
      } finally {
        stopped.release();
      }
    });
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _ of peer.stream(listCustomers, noPage, { ...context, signal: controller.signal })) {
        if (how === 'stops reading') break;
        controller.abort();
      }
    })().catch(() => undefined);
    await reading;
    await stopped.open;
  });

  it('tells a source that waits for its own source', async () => {
    const told = createGate();
    const { peer } = await serveList(async function* (_request, call) {
      yield chunk('1');
      await new Promise<void>((resolve) => call.signal().addEventListener('abort', () => resolve()));
      told.release();
    });
    for await (const _ of peer.stream(listCustomers, noPage, context)) break;
    await told.open;
  });

  it('ends at its deadline', async () => {
    const { peer } = await serveList(async function* (_request, call) {
      yield chunk('1');
      await new Promise<void>((resolve) => call.signal().addEventListener('abort', () => resolve()));
    });
    expect(await errorOf(idsOf(peer.stream(listCustomers, noPage, { ...context, timeout_ms: 100 })))).toMatchObject({
      failure: Failure.FAILURE_REQUEST_TIMEOUT,
    });
  });
});
