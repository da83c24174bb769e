import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readEndpoints, type Endpoint } from '@platform/endpoints';
import { createRandom, type Random } from '@platform/testing';
import type { CallOptions } from './http.js';
import { allRoles } from './operations.js';
import { type Person, type Platform, startPlatform } from './platform.js';

let platform: Platform;
let bank_id: string;
let person: Person;

beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  person = await platform.person(...allRoles(bank_id));
});
afterAll(() => platform.close());

const awkward: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  Number.MAX_VALUE,
  0.1,
  '',
  ' ',
  '%',
  '\\',
  '_',
  'a',
  "'",
  '"',
  '{}',
  '::::',
  '2023-02-30',
  '2024-02-29',
  '\u0000',
  '\ud800',
  '\u{1F600}',
  'x'.repeat(300),
  [],
  [null],
  {},
  { a: {} },
  2 ** 31,
  Number.MIN_SAFE_INTEGER,
];
const pieces = ['unknown', '..', '%', '%2F', '%00', '%F0%9F%98%80', 'a b', 'x'.repeat(300), '~', ';', '@', '-', "'"];
const queries = [
  'limit=1',
  'limit=0',
  'limit=2147483647',
  'offset=2147483647',
  'offset=-1',
  'sort_direction=asc',
  'sort_direction=%00',
  'a=1&a=2',
  '%',
  '&&==',
  'from_date=2024-01-01T00:00:00.000Z',
  'limit=1e3',
  'x[]=1',
];

/** A mostly valid request; each part is sometimes wrong. */
function requestOf(random: Random, endpoint: Endpoint): { verb: string; path: string; options: CallOptions } {
  const seldom = () => random.int(1, 5) === 1;
  const piece = (field: string) =>
    seldom() ? random.pick(pieces) : field === 'bank_id' ? bank_id : encodeURIComponent(random.text(random.int(1, 12)));
  const route = random.pick(endpoint.routes);
  const path = route.segments
    .map((segment) => `/${'field' in segment ? piece(segment.field).replaceAll(' ', '%20') : segment.literal}`)
    .join('');
  const query = seldom() ? `?${random.pick(queries)}` : '';
  const verb = seldom() ? random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) : route.verb;
  return { verb, path: path + query, options: optionsOf(random, endpoint, seldom) };
}

function optionsOf(random: Random, endpoint: Endpoint, seldom: () => boolean): CallOptions {
  const value = (): unknown => (random.int(0, 1) === 0 ? random.pick(awkward) : random.text(random.int(0, 30)));
  const names = endpoint.body?.message?.fields.map(({ name }) => name) ?? [];
  const object = Object.fromEntries(names.filter(() => !seldom()).map((name) => [name, value()]));
  const text = JSON.stringify(seldom() ? value() : object);
  const cut = seldom() ? text.slice(0, random.int(0, text.length)) : text;
  const headers: Record<string, string> = seldom()
    ? {
        [random.pick(['accept', 'content-type', 'if-none-match', 'authorization', 'range', 'expect'])]: random.pick([
          '*/*',
          'x',
          'text/html',
          'application/json',
          'DirectLogin token=x',
          'Basic eA==',
        ]),
      }
    : {};
  return {
    ...(endpoint.body !== undefined || seldom() ? { body: cut } : {}),
    headers,
    token: seldom() ? undefined : person.token,
  };
}

it('random requests never fail but in the documented way', async () => {
  const random = createRandom();
  const endpoints = readEndpoints();
  const wrong: string[] = [];
  const seen = new Set<number>();
  for (let count = 0; count < 300; count += 1) {
    const { verb, path, options } = requestOf(random, random.pick(endpoints));
    const { status, text, json } = await platform.call(verb, path, options);
    seen.add(status);
    const told = status < 400 || (json.code === status && /^OBP-\d{5}: /.test(String(json.message)));
    if (!told || (status >= 500 && status !== 501))
      wrong.push(`${verb} ${path} ${JSON.stringify(options)}: ${status} ${text.slice(0, 200)}`);
  }
  expect(wrong).toEqual([]);
  // A generator whose requests always fail at the same check would find nothing.
  expect([...seen].sort()).toEqual(expect.arrayContaining([400, 401, 403, 404]));
  expect((await platform.send('GET', '/readyz')).status).toBe(200);
});
