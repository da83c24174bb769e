import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, CallOptions } from './http.js';
import { type Person, type Platform, startPlatform } from './platform.js';

interface Answered {
  readonly $ref?: string;
  readonly content?: { readonly 'application/json': { readonly examples?: Readonly<Record<string, unknown>> } };
}
interface Documented {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, Answered>>;
}
interface Operation extends Documented {
  readonly verb: string;
  readonly path: string;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Answered>> };
}

let platform: Platform;
let person: Person;
let bank_id: string;
let document: OpenApi;
let operations: Operation[];
beforeAll(async () => {
  platform = await startPlatform({ ALLOW_CUSTOMER_FIREHOSE: 'true' });
  person = await platform.person();
  bank_id = await platform.bank();
  document = (await platform.call('GET', '/resource-docs/v5.1.0/openapi')).json as unknown as OpenApi;
  operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ ...operation, verb: verb.toUpperCase(), path })),
  );
});
afterAll(() => platform.close());

/** The operation's path at the test's bank; the other ids in it do not exist. */
const pathOf = ({ path }: Operation, bank = bank_id): string =>
  path.replace('{BANK_ID}', bank).replace(/\{\w+\}/g, 'unknown');
/** A body of the right type, so that no other failure comes first. */
const bodyOf = ({ requestBody }: Operation): Pick<CallOptions, 'body'> =>
  requestBody === undefined ? {} : { body: {} };

/** The part of a response that the document does not describe; undefined when it describes everything. */
function untold({ operationId, responses }: Operation, { status, json }: Answer): string | undefined {
  const answered = responses[String(status)];
  const { content } =
    answered?.$ref === undefined
      ? (answered ?? {})
      : (document.components.responses[answered.$ref.replace('#/components/responses/', '')] ?? {});
  const code = String(json.message).split(':', 1)[0] as string;
  return Object.keys(content?.['application/json'].examples ?? {}).includes(code)
    ? undefined
    : `${operationId}: ${status} ${code}`;
}

/** Refusals that come before the operation itself. */
const refusals: [name: string, status: number, send: (operation: Operation) => Promise<Answer> | undefined][] = [
  [
    'a login of a kind that is not served',
    401,
    (one) => platform.call(one.verb, pathOf(one), { ...bodyOf(one), headers: { Authorization: 'Basic eDp5' } }),
  ],
  ['an unknown token', 401, (one) => platform.call(one.verb, pathOf(one), { ...bodyOf(one), token: 'unknown' })],
  [
    'a DirectLogin without a token',
    400,
    (one) => platform.call(one.verb, pathOf(one), { ...bodyOf(one), headers: { DirectLogin: 'username=x' } }),
  ],
  [
    'a repeated parameter',
    400,
    (one) => platform.call(one.verb, `${pathOf(one)}?a=1&a=2`, { ...bodyOf(one), token: person.token }),
  ],
  [
    'an address that does not decode',
    400,
    (one) => platform.call(one.verb, `${pathOf(one)}?a=%zz`, { ...bodyOf(one), token: person.token }),
  ],
  [
    'an answer that is not JSON',
    404,
    (one) =>
      platform.call(one.verb, pathOf(one), { ...bodyOf(one), token: person.token, headers: { Accept: 'text/html' } }),
  ],
  [
    'malformed JSON',
    400,
    (one) =>
      one.verb === 'GET' ? undefined : platform.call(one.verb, pathOf(one), { body: '{', token: person.token }),
  ],
  [
    'an unknown bank',
    404,
    (one) =>
      one.path.includes('{BANK_ID}')
        ? platform.call(one.verb, pathOf(one, 'no.such.bank'), { ...bodyOf(one), token: person.token })
        : undefined,
  ],
  [
    'too large a body',
    413,
    (one) =>
      one.requestBody === undefined
        ? undefined
        : platform.call(one.verb, pathOf(one), { body: ' '.repeat(1_100_000), token: person.token }),
  ],
  [
    'headers that are too large',
    431,
    (one) => platform.call(one.verb, pathOf(one), { ...bodyOf(one), headers: { 'x-long': 'x'.repeat(20_000) } }),
  ],
];

describe('the document tells of every operation that it refuses', () => {
  it.each(refusals)('%s: %s', async (_name, status, send) => {
    const found: string[] = [];
    let sent = 0;
    for (const operation of operations) {
      const answer = await send(operation);
      if (answer === undefined) continue;
      sent += 1;
      if (answer.status !== status) found.push(`${operation.operationId}: ${answer.status} ${answer.text}`);
      else found.push(...[untold(operation, answer)].filter((fault) => fault !== undefined));
    }
    expect(found).toEqual([]);
    expect(sent).toBeGreaterThan(20);
  });

  it('whoever is not logged in or lacks a role', async () => {
    const found: (string | undefined)[] = [];
    for (const operation of operations) {
      for (const login of [{}, { token: person.token }]) {
        const answer = await platform.call(operation.verb, pathOf(operation), { ...bodyOf(operation), ...login });
        if (answer.status >= 400) found.push(untold(operation, answer));
      }
    }
    expect(found.length).toBeGreaterThan(operations.length);
    expect(found.filter((fault) => fault !== undefined)).toEqual([]);
  });
});
