import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { request } from 'node:http';
import { patient } from '@platform/testing';
import { fillBank } from './fill-bank.js';
import { createOpen } from './open.js';
import { bank, openSession, type Session } from './session.js';
import { createStack, emptyDatabases, ready, secrets, type Stack } from './stack.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const customers = 200_000;
const { opened, closeAll } = createOpen();
let stack: Stack;
let session: Session;

beforeAll(async () => {
  const databases = opened(await emptyDatabases());
  stack = opened(await createStack({ ...databases.env, NODE_OPTIONS: '--max-old-space-size=256' }));
  await stack.startAll(...serviceNames.map((name) => [name] as const), ['gateway']);
  await ready(stack.origin);
  session = opened(await openSession(stack.origin, secrets));
  await fillBank(databases.env['CUSTOMERS_DATABASE_URL'] as string, customers);
});
afterAll(closeAll);

interface Counted {
  readonly status: number | undefined;
  readonly count: number;
  readonly bytes: number;
  /** The last two characters of the body. */
  readonly tail: string;
}

/** Reads the list as it arrives and keeps none of it. */
function readList(): Promise<Counted> {
  const mark = '"customer_id":"';
  return new Promise((resolve, reject) => {
    const asking = request(`${stack.origin}/obp/v5.1.0/banks/${bank}/customers?limit=${customers}`, {
      headers: { DirectLogin: `token=${session.token}` },
      signal: AbortSignal.timeout(patient(120_000)),
    });
    asking.once('error', reject);
    asking.once('response', (response) => {
      let found = 0;
      let bytes = 0;
      let rest = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        bytes += text.length;
        rest += text;
        const parts = rest.split(mark);
        found += parts.length - 1;
        // Keeps what may be the beginning of the next mark.
        rest = (parts.at(-1) as string).slice(-mark.length);
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode, count: found, bytes, tail: rest.slice(-2) }));
    });
    asking.end();
  });
}

describe(`a list of ${customers} customers with every heap capped at 256 MB`, () => {
  it('comes in one answer, whole', async () => {
    const since = Date.now();
    const { status, count, bytes, tail } = await readList();
    process.stderr.write(`${count} customers, ${Math.round(bytes / 1e6)} MB in ${Date.now() - since} ms\n`);
    expect([status, count, tail]).toEqual([200, customers, ']}']);
    expect((await session.whoAmI()).status).toBe(200);
  });
});
