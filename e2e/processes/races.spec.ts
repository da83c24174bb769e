import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRandom, eventually } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../http.js';
import { type Person, type Platform, unique } from '../platform.js';
import { bodies, createRecords, keeperOf, type Records } from '../records.js';
import { createOpen } from './open.js';
import { startReplicas } from './replicas.js';
import type { Traces } from './traces.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const rounds = 20;
const parallel = 50;
const { opened, closeAll } = createOpen();
let platform: Platform;
let traces: Traces;
let keeper: Person;
let bank_id: string;
let records: Records;

beforeAll(async () => {
  ({ platform, traces } = await startReplicas(opened, 2));
  bank_id = await platform.bank();
  keeper = await keeperOf(platform, bank_id);
  for (const role of ['CanDeleteCustomerCascade', 'CanGetCustomer']) await platform.grant(keeper, `${role}@${bank_id}`);
  records = await createRecords(platform, keeper, bank_id);
});
afterAll(closeAll);

const send = (verb: string, path: string, body?: object): Promise<Answer> =>
  platform.call(verb, path, { token: keeper.token, body });
const post = (path: string, body: object) => send('POST', `/banks/${bank_id}${path}`, body);
const newCustomer = async (): Promise<{ bank_id: string; customer_id: string }> => ({
  bank_id,
  customer_id: String((await post('/customers', bodies.customer())).json.customer_id),
});
const newAccount = async (): Promise<string> => {
  const account_id = `acc-${unique()}`;
  const { status, text } = await send('PUT', `/banks/${bank_id}/accounts/${account_id}`, bodies.account);
  if (status !== 201) throw new Error(text);
  return account_id;
};

/** The number of responses by status and code. */
function tally(answers: readonly Answer[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { status, json, text } of answers) {
    const key = status < 300 ? String(status) : `${status} ${/^OBP-\d{5}/.exec(String(json.message))?.[0] ?? text}`;
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
}

describe(`${parallel} parallel creates of one thing, two replicas of each service, ${rounds} times`, () => {
  it.each<[string, string, () => Promise<() => Promise<Answer>>]>([
    [
      'a customer number',
      '400 OBP-30006',
      async () => {
        const body = bodies.customer();
        return () => post('/customers', body);
      },
    ],
    [
      'an agent number',
      '400 OBP-30328',
      async () => {
        const body = bodies.agent();
        return () => post('/agents', body);
      },
    ],
    [
      'a user link',
      '400 OBP-30007',
      async () => {
        const { customer_id } = await newCustomer();
        return () => post('/user_customer_links', { user_id: keeper.user_id, customer_id });
      },
    ],
    [
      'an account link',
      '400 OBP-30223',
      async () => {
        const account_id = await newAccount();
        return () =>
          post('/customer-account-links', {
            customer_id: records.customer_id,
            bank_id,
            account_id,
            relationship_type: 'Owner',
          });
      },
    ],
  ])('%s: one success, the others %s', async (_what, refusal, prepare) => {
    for (let round = 0; round < rounds; round += 1) {
      const create = await prepare();
      const answers = await Promise.all(Array.from({ length: parallel }, create));
      expect(tally(answers)).toEqual({ 201: 1, [refusal]: parallel - 1 });
    }
  });

  it('a definition: all succeed, and there is one', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const body = { ...bodies.definition, name: `D${unique()}` };
      const answers = await Promise.all(
        Array.from({ length: parallel }, () => send('PUT', `/banks/${bank_id}/attribute-definitions/customer`, body)),
      );
      expect(tally(answers)).toEqual({ 201: parallel });
      expect(new Set(answers.map(({ json }) => json.attribute_definition_id)).size).toBe(1);
    }
  });
});

describe(`a cascade, two replicas of each service, ${rounds} times`, () => {
  const cascade = ({ customer_id }: { customer_id: string }) =>
    send('DELETE', `/management/cascading/banks/${bank_id}/customers/${customer_id}`);

  it('against 20 writers: the customer is gone without a trace, and so are they', async () => {
    const random = createRandom();
    const accounts = await Promise.all(Array.from({ length: 10 }, newAccount));
    for (let round = 0; round < rounds; round += 1) {
      const customer = await newCustomer();
      const of = `/customers/${customer.customer_id}`;
      const writes: (() => Promise<Answer>)[] = [
        () => post(`${of}/attribute`, bodies.attribute),
        () => post(`${of}/address`, bodies.address),
        () => post('/user_customer_links', { user_id: keeper.user_id, customer_id: customer.customer_id }),
        () =>
          post('/customer-account-links', {
            customer_id: customer.customer_id,
            bank_id,
            account_id: random.pick(accounts),
            relationship_type: 'Owner',
          }),
      ];
      const writers = Array.from({ length: 20 }, async (_, n) => {
        for (;;) {
          const answer = await (writes[n % writes.length] as () => Promise<Answer>)();
          if (answer.status === 404) return answer;
          // A link is created once; the other calls are refused because it exists.
          if (answer.status !== 201 && !/OBP-(30007|30223)/.test(answer.text)) return answer;
        }
      });
      await sleep(random.int(0, 60));
      const deleted = await cascade(customer);
      expect([deleted.status, deleted.text]).toEqual([200, 'true']);
      // `true` is answered only when nothing is left: from here on nothing may come back.
      expect(await traces.of(customer)).toEqual({});
      expect(tally(await Promise.all(writers))).toEqual({ '404 OBP-30046': 20 });
      expect(await traces.of(customer)).toEqual({});
      expect((await send('GET', `/banks/${bank_id}${of}`)).status).toBe(404);
    }
    expect(await traces.pending()).toBe(false);
  });

  it('20 at once: each is true or not found, and nothing is left, no lock either', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const customer = await createRecords(platform, keeper, bank_id);
      const answers = tally(await Promise.all(Array.from({ length: 20 }, () => cascade(customer))));
      expect(answers).toEqual({
        200: expect.any(Number),
        ...(answers[200] === 20 ? {} : { '404 OBP-30046': 20 - (answers[200] ?? 0) }),
      });
      expect(await traces.of(customer)).toEqual({});
    }
    expect(await traces.pending()).toBe(false);
    await eventually(2_000, 'no transaction to be left', async () => {
      const open = await traces.rows(
        'CUSTOMERS_DATABASE_URL',
        `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
      );
      return open.length === 0;
    });
  });
});
