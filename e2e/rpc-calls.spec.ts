import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CreateCustomerRequestSchema,
  GetCustomerByCustomerIdRequestSchema,
  GetCustomersAtOneBankRequestSchema,
} from '@platform/descriptors';
import type { IncomingHttpHeaders } from 'node:http';
import { type Person, type Platform, startPlatform } from './platform.js';
import { framed, framesOf } from './raw-http2.js';
import {
  base64Frames,
  bodyFor,
  codeFor,
  codeOf,
  createCustomer,
  createPost,
  lastText,
  listCustomers,
  newCustomer,
  onEvery,
  type Post,
  readCustomer,
  unaryTypes,
} from './rpc-call.js';

let platform: Platform;
let bank_id: string;
let person: Person;
let post: Post;

beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  person = await platform.person(
    `CanCreateCustomer@${bank_id}`,
    `CanGetCustomer@${bank_id}`,
    `CanGetCustomersMinimal@${bank_id}`,
    `CanGetCustomers@${bank_id}`,
  );
  post = createPost(platform, person);
});
afterAll(() => platform.close());

describe('a content type', () => {
  it.each(unaryTypes)('may have parameters: %s', async (type) => {
    for (const parameters of ['; charset=utf-8', ';charset=UTF-8', ' ; charset="utf-8"; q=1', ';']) {
      const { headers, ...answer } = await post(createCustomer, type + parameters, bodyFor(type, newCustomer(bank_id)));
      expect([
        parameters,
        headers[':status'],
        type === 'application/proto' ? '0' : codeOf(type, { headers, ...answer }),
      ]).toEqual([parameters, 200, '0']);
      expect(headers['content-type']).toBe(type.includes('grpc') && !type.includes('+') ? `${type}+proto` : type);
    }
  });

  it('may have parameters with JSON and with streams', async () => {
    expect(
      (
        await post(
          createCustomer,
          'application/json; charset=us-ascii; a=b',
          Buffer.from(JSON.stringify({ bankId: bank_id, body: { legalName: 'A', mobilePhoneNumber: '1' } })),
        )
      ).headers[':status'],
    ).toBe(200);
    const listed = await post(
      listCustomers,
      'application/connect+json; charset=utf-8',
      framed(Buffer.from(JSON.stringify({ bankId: bank_id }))),
    );
    expect([listed.headers['content-type'], JSON.parse(lastText(framesOf(listed.body)))]).toEqual([
      'application/connect+json',
      {},
    ]);
  });
});

describe('a deadline', () => {
  const timeout = (type: string, [grpc, connect]: readonly [string, string]): Record<string, string> =>
    type === 'application/proto' ? { 'connect-timeout-ms': connect } : { 'grpc-timeout': grpc };

  it.each(unaryTypes)('however far ahead, is no reason to refuse: %s', async (type) => {
    for (const ahead of [
      ['40S', '40000'],
      ['60000m', '60000'],
      ['30100m', '30100'],
      ['24H', '86400000'],
      ['600H', '2160000000'],
      ['1176H', '4233600000'],
      ['99999999H', '9999999999'],
      ['2591999891m', '25919998910'],
    ] as const) {
      const answer = await post(createCustomer, type, bodyFor(type, newCustomer(bank_id)), timeout(type, ahead));
      expect([ahead, answer.headers[':status'], type === 'application/proto' ? '0' : codeOf(type, answer)]).toEqual([
        ahead,
        200,
        '0',
      ]);
    }
  });

  it.each(unaryTypes)('that has passed leaves nothing behind: %s', async (type) => {
    const count = async () =>
      (
        (await platform.call('GET', `/banks/${bank_id}/customers-minimal?limit=10000`, { token: person.token })).json
          .customers as unknown[]
      ).length;
    const before = await count();
    for (let index = 0; index < 5; index += 1) {
      expect(
        codeOf(type, await post(createCustomer, type, bodyFor(type, newCustomer(bank_id)), timeout(type, ['0m', '0']))),
      ).toBe(codeFor(type, '4', 'deadline_exceeded'));
    }
    expect(await count()).toBe(before);
  });

  it('that is none is refused', async () => {
    expect(
      codeOf(
        'application/grpc',
        await post(createCustomer, 'application/grpc', framed(newCustomer(bank_id)), { 'grpc-timeout': 'soon' }),
      ),
    ).toBe('3');
  });
});

describe('a refusal over gRPC', () => {
  const read = (customerId: string, bankId = bank_id) =>
    post(
      readCustomer,
      'application/grpc',
      framed(
        toBinary(
          GetCustomerByCustomerIdRequestSchema,
          create(GetCustomerByCustomerIdRequestSchema, { bankId, customerId }),
        ),
      ),
    );
  /** The size as clients count it: with 32 bytes more for each header. */
  const size = (headers: IncomingHttpHeaders) =>
    Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length + 32, 0);

  it('encodes of its message what must be, and nothing else', async () => {
    expect((await read('unknown')).trailers['grpc-message']).toBe(
      'OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(unknown)',
    );
    expect((await read('50%ß\n')).trailers['grpc-message']).toMatch(
      /^OBP-30046: .* Current CustomerId\(50%25%C3%9F%0A\)$/,
    );
    const web = await post(
      readCustomer,
      'application/grpc-web',
      framed(
        toBinary(
          GetCustomerByCustomerIdRequestSchema,
          create(GetCustomerByCustomerIdRequestSchema, { bankId: bank_id, customerId: 'a%' }),
        ),
      ),
    );
    expect(lastText(framesOf(web.body))).toMatch(/^grpc-message: OBP-30046: .*\(a%25\)\r$/m);
  });

  it.each([['x'], ['ß'], ['😀']])('of an id of 20,000 characters stays what it is: %s', async (character) => {
    for (const answer of [await read(character.repeat(20_000)), await read('unknown', character.repeat(20_000))]) {
      expect([answer.headers[':status'], answer.trailers['grpc-status']]).toEqual([200, '5']);
      expect(size(answer.trailers)).toBeLessThan(8_192);
    }
  });

  it('fits into what clients of all languages read, whatever it repeats', async () => {
    const request = create(CreateCustomerRequestSchema, {
      bankId: bank_id,
      body: { legalName: 'A', mobilePhoneNumber: '1', branchId: 'ß'.repeat(20_000) },
    });
    const { trailers } = await post(
      createCustomer,
      'application/grpc',
      framed(toBinary(CreateCustomerRequestSchema, request)),
    );
    expect([trailers['grpc-status'], trailers['grpc-message']?.slice(0, 10)]).toEqual(['3', 'OBP-10001:']);
    expect(size(trailers)).toBeLessThan(8_192);
  });
});

describe('gRPC-Web in its text mode', () => {
  const type = 'application/grpc-web-text';
  const list = () =>
    framed(
      toBinary(
        GetCustomersAtOneBankRequestSchema,
        create(GetCustomersAtOneBankRequestSchema, { bankId: bank_id, limit: 1_000 }),
      ),
    );

  it('answers a call in base64, which begins anew where it likes', async () => {
    const whole = framed(newCustomer(bank_id));
    const { headers, body } = await post(createCustomer, type, Buffer.from(whole.toString('base64')));
    expect(headers).toMatchObject({
      ':status': 200,
      'content-type': 'application/grpc-web-text+proto',
      'access-control-expose-headers': '*',
      ...onEvery,
    });
    const frames = base64Frames(body);
    expect([frames.map(([flags]) => flags), lastText(frames)]).toEqual([
      [0, 0x80],
      expect.stringContaining('grpc-status: 0\r\n'),
    ]);
    // Base64 with padding in the middle, as clients send that write it in parts.
    const again = framed(newCustomer(bank_id));
    const parts = [again.subarray(0, 4), again.subarray(4, 10), again.subarray(10)]
      .map((part) => part.toString('base64'))
      .join('');
    expect(codeOf(type, await post(createCustomer, `${type}+proto`, Buffer.from(parts)))).toBe('0');
  });

  it('answers a list in a stream', async () => {
    const frames = base64Frames((await post(listCustomers, type, Buffer.from(list().toString('base64')))).body);
    expect([frames[0]?.[0], lastText(frames)]).toEqual([0, expect.stringContaining('grpc-status: 0\r\n')]);
    expect(frames[0]?.[1].length).toBeGreaterThan(50);
  });

  it('answers over HTTP/1.1 too', async () => {
    const { status, headers, text } = await platform.send('POST', createCustomer, {
      token: person.token,
      body: framed(newCustomer(bank_id)).toString('base64'),
      headers: { 'content-type': type },
    });
    expect([status, headers['content-type'], lastText(base64Frames(Buffer.from(text)))]).toEqual([
      200,
      'application/grpc-web-text+proto',
      expect.stringContaining('grpc-status: 0'),
    ]);
  });

  it.each([
    ['no base64 at all', '!!!!!!!!'],
    ['half a group', 'AAAAA'],
    ['padding first', '====AAAA'],
    ['too much padding', 'AA=A===='],
    ['letters of another base64', 'AA-_'],
  ])('refuses %s', async (_what, body) => {
    expect(codeOf(type, await post(createCustomer, type, Buffer.from(body)))).toBe('3');
  });

  it('takes no more than the others do', async () => {
    const answer = await post(createCustomer, type, Buffer.from(framed(Buffer.alloc(1_048_577)).toString('base64')));
    expect(codeOf(type, answer)).toBe('8');
  });
});
