import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Peer, rpc } from '@platform/grpc';
import { CustomerServiceDefinition } from '@platform/messages';
import { createRandom, type Random } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { caller, createHarness, type Harness, refusal } from './harness.js';
import { populate } from './population.js';

const bank_id = 'bank.0';
/** Half of them at the bank: pages after an offset of 500 look up where they begin. */
const total = 3_000;
const limit = 50;
const list = rpc(CustomerServiceDefinition, 'getCustomersMinimalAtOneBank');

describe('deep pages of two replicas', () => {
  let random: Random;
  let harness: Harness;
  let replicas: Awaited<ReturnType<Harness['replica']>>[];
  let peers: Peer[];
  beforeAll(async () => {
    random = createRandom();
    harness = await createHarness();
    await harness.sql(populate, [total]);
    await harness.sql(
      `update customer set last_ok_date = date_trunc('month', last_ok_date at time zone 'UTC') at time zone 'UTC'`,
    );
    replicas = [await harness.replica(), await harness.replica()];
    peers = replicas.map(({ peer }) => peer);
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.close();
    await harness.close();
  });

  const page = async (peer: Peer | undefined, offset: number, sort_direction = 'asc'): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { customers } of (peer as Peer).stream(
      list,
      { bank_id, limit, offset, sort_direction },
      caller(bank_id),
    ))
      ids.push(...customers.map(({ customer_id }) => customer_id));
    return ids;
  };
  const allIds = async () =>
    (
      await harness.sql<{ customer_id: string }>(
        'select customer_id from customer where bank_id = $1 order by last_ok_sort, customer_id',
        [bank_id],
      )
    ).map(({ customer_id }) => customer_id);
  /**
   * The services that store more data of the customer are not running: so the call is refused and may be repeated, but
   * the customer is gone.
   */
  const remove = async (customer_id: string) =>
    expect(await refusal(harness.call('deleteCustomerCascade', { bank_id, customer_id }))).toMatch(/^OBP-01000/);

  it('show what the other replica has done', async () => {
    const before = await allIds();
    const { customer_id } = await harness.create({ last_ok_date: null }, bank_id);
    for (const peer of peers) expect(await page(peer, before.length)).toEqual([customer_id]);
    await Promise.all([0, 700].map((place) => remove(before[place] as string)));
    for (const peer of peers) {
      expect(await page(peer, before.length - 1)).toEqual([]);
      expect(await page(peer, before.length - 2)).toEqual([customer_id]);
      expect(await page(peer, 698)).toEqual([before[699], ...before.slice(701, 701 + limit - 1)]);
    }
  });

  it('are in order and without gaps beside creations and deletions', async () => {
    const before = await allIds();
    let going = true;
    const creating = (async () => {
      while (going) await Promise.all([1, 2, 3].map(() => harness.create({ last_ok_date: null }, bank_id)));
    })();
    // Deletes from the end of the list, so the rows before keep their positions.
    const deleting = Promise.all(before.slice(-60).map((id, index) => sleep(index * 20).then(() => remove(id))));
    for (let turn = 0; turn < 40; turn += 1) {
      const offset = random.int(501, 1_150);
      for (const ids of await Promise.all(peers.map((peer) => page(peer, offset))))
        expect(ids).toEqual(before.slice(offset, offset + limit));
    }
    going = false;
    await Promise.all([creating, deleting]);
    const now = await allIds();
    for (let offset = 501; offset < now.length + limit; offset += 61) {
      for (const peer of peers) {
        expect(await page(peer, offset)).toEqual(now.slice(offset, offset + limit));
        expect(await page(peer, offset, 'desc')).toEqual([...now].reverse().slice(offset, offset + limit));
      }
    }
  }, 60_000);
});
