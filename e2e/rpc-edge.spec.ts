import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateCustomerRequestSchema, GetCustomerByCustomerIdRequestSchema, GetCustomersAtOneBankRequestSchema } from '@platform/descriptors';
import type { IncomingHttpHeaders } from 'node:http';
import { sendRaw } from './http.js';
import { type Person, type Platform, startPlatform, unique } from './platform.js';
import { framed, framesOf, postHttp2, type RawAnswer } from './raw-http2.js';

let platform: Platform;
let bank_id: string;
let person: Person;

beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  person = await platform.person(`CanCreateCustomer@${bank_id}`, `CanGetCustomer@${bank_id}`, `CanGetCustomersMinimal@${bank_id}`, `CanGetCustomers@${bank_id}`);
});
afterAll(() => platform.close());

const customers = '/obp.customers.v1.CustomerService';
const createCustomer = `${customers}/CreateCustomer`;
const listCustomers = `${customers}/GetCustomersAtOneBank`;
const readCustomer = '/obp.views.v1.CustomerViewService/GetCustomerByCustomerId';

const newCustomer = () => toBinary(CreateCustomerRequestSchema, create(CreateCustomerRequestSchema, { bankId: bank_id, body: { legalName: 'A', mobilePhoneNumber: '1', customerNumber: `E${unique()}` } }));
const post = (path: string, type: string, body?: Buffer, headers: Record<string, string> = {}) => postHttp2(platform.origin, path, { headers: { 'content-type': type, directlogin: `token=${person.token}`, ...headers }, ...(body === undefined ? {} : { body }) });

/** What every answer of the port has. */
const onEvery = { 'access-control-allow-origin': '*', 'x-frame-options': 'DENY', 'correlation-id': expect.stringMatching(/^[0-9a-f-]{36}$/) };
const json = ({ body }: RawAnswer) => JSON.parse(body.toString()) as { code?: string; message?: string };
const base64Frames = (body: Buffer) => framesOf(Buffer.concat((body.toString().match(/[^=]+=*/g) ?? []).map((part) => Buffer.from(part, 'base64'))));
const textOf = (frames: [number, Buffer][]) => frames.at(-1)?.[1].toString() ?? '';

/** The code of a failed call by what each protocol has for it: gRPC's number or Connect's name. */
function codeOf(type: string, answer: RawAnswer): string | undefined {
  const inText = (text: string) => /^grpc-status: (\d+)/m.exec(text)?.[1];
  if (type.startsWith('application/grpc-web-text')) return answer.headers['grpc-status'] as string ?? inText(textOf(base64Frames(answer.body)));
  if (type.startsWith('application/grpc-web')) return answer.headers['grpc-status'] as string ?? inText(textOf(framesOf(answer.body)));
  if (type.startsWith('application/grpc')) return (answer.trailers['grpc-status'] ?? answer.headers['grpc-status']) as string;
  if (type.startsWith('application/connect')) return (JSON.parse(textOf(framesOf(answer.body))) as { error?: { code: string } }).error?.code;
  return json(answer).code;
}

const unaryTypes = ['application/grpc', 'application/grpc+proto', 'application/grpc-web', 'application/grpc-web+proto', 'application/grpc-web-text', 'application/proto'] as const;
const bodyFor = (type: string, message: Uint8Array) => {
  if (type === 'application/proto') return Buffer.from(message);
  return type.includes('-text') ? Buffer.from(framed(message).toString('base64')) : framed(message);
};
const numbered = (type: string, number: string, name: string) => (/grpc/.test(type) ? number : name);

describe('a call of what is not served, whose request never ends', () => {
  const paths = [`${customers}/Nothing`, `${customers}/BatchGetCustomers`, '/grpc.health.v1.Health/Check', '/obp.none.v1.NoService/NoMethod'];
  const open = (path: string, type: string, headers: Record<string, string> = {}) => postHttp2(platform.origin, path, { headers: { 'content-type': type, ...headers }, leftOpen: true });

  it.each(['application/grpc', 'application/grpc+proto', 'application/grpc-web+proto', 'application/grpc-web-text'])('is UNIMPLEMENTED at once, in the headers: %s', async (type) => {
    for (const path of [...paths, '/Greeter/SayHello', '/obp/v5.1.0/banks']) {
      const { headers, headersOnly, body } = await open(path, type);
      expect([headersOnly, body.length]).toEqual([true, 0]);
      expect(headers).toMatchObject({ ':status': 200, 'content-type': expect.stringContaining(type.replace('+proto', '')), 'grpc-status': '12', 'grpc-message': `${path} is not served here`, ...onEvery });
    }
  });

  it.each(['application/connect+json', 'application/connect+proto'])('is unimplemented at once, as the end of a stream: %s', async (type) => {
    const { headers, body } = await open(paths[0] as string, type);
    expect(headers).toMatchObject({ ':status': 200, 'content-type': type, ...onEvery });
    const [[flags, end] = [0, Buffer.from('{}')]] = framesOf(body);
    expect([flags, JSON.parse(end.toString())]).toEqual([2, { error: { code: 'unimplemented', message: `${paths[0]} is not served here` } }]);
  });

  it.each([['application/json', {}], ['application/proto', {}], ['application/json', { 'connect-protocol-version': '1' }]])('is unimplemented at once, as Connect has it: %s %j', async (type, headers) => {
    for (const path of paths) {
      const answer = await open(path, type, headers);
      expect(answer.headers).toMatchObject({ ':status': 501, 'content-type': 'application/json', ...onEvery });
      expect(json(answer)).toEqual({ code: 'unimplemented', message: `${path} is not served here` });
    }
  });

  it.each(['application/json', 'application/grpc-web+proto'])('is answered over HTTP/1.1 too: %s', async (type) => {
    const answering = sendRaw(platform.origin, `POST ${paths[0]} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`, 1_500);
    expect(await answering).toMatch(type === 'application/json' ? /^HTTP\/1\.1 501 [\s\S]*"code":"unimplemented"/ : /^HTTP\/1\.1 200 [\s\S]*grpc-status: 12/);
  });
});

describe('a deadline', () => {
  const timeout = (type: string, [grpc, connect]: readonly [string, string]): Record<string, string> => (type === 'application/proto' ? { 'connect-timeout-ms': connect } : { 'grpc-timeout': grpc });

  it.each(unaryTypes)('however far ahead, is no reason to refuse: %s', async (type) => {
    for (const ahead of [['40S', '40000'], ['60000m', '60000'], ['30100m', '30100'], ['24H', '86400000'], ['600H', '2160000000'], ['1176H', '4233600000'], ['99999999H', '9999999999']] as const) {
      const answer = await post(createCustomer, type, bodyFor(type, newCustomer()), timeout(type, ahead));
      expect([ahead, answer.headers[':status'], type === 'application/proto' ? '0' : codeOf(type, answer)]).toEqual([ahead, 200, '0']);
    }
  });

  it.each(unaryTypes)('that has passed leaves nothing behind: %s', async (type) => {
    const count = async () => ((await platform.call('GET', `/banks/${bank_id}/customers-minimal?limit=10000`, { token: person.token })).json.customers as unknown[]).length;
    const before = await count();
    for (let index = 0; index < 5; index += 1) {
      expect(codeOf(type, await post(createCustomer, type, bodyFor(type, newCustomer()), timeout(type, ['0m', '0'])))).toBe(numbered(type, '4', 'deadline_exceeded'));
    }
    expect(await count()).toBe(before);
  });

  it('that is none is refused', async () => {
    expect(codeOf('application/grpc', await post(createCustomer, 'application/grpc', framed(newCustomer()), { 'grpc-timeout': 'soon' }))).toBe('3');
  });
});

describe('a body that does not parse', () => {
  const garbage = Buffer.from('ff00ff00ff', 'hex');

  it.each(unaryTypes)('is an invalid argument: %s', async (type) => {
    const answer = await post(createCustomer, type, bodyFor(type, garbage));
    expect([answer.headers[':status'], codeOf(type, answer)]).toEqual([type === 'application/proto' ? 400 : 200, numbered(type, '3', 'invalid_argument')]);
    expect(answer.headers).toMatchObject(onEvery);
  });

  it('is one in a stream too', async () => {
    for (const type of ['application/connect+proto', 'application/grpc', 'application/grpc-web']) {
      const answer = await post(listCustomers, type, framed(garbage));
      expect([type, codeOf(type, answer)]).toEqual([type, numbered(type, '3', 'invalid_argument')]);
      expect(answer.headers).toMatchObject(onEvery);
    }
  });

  it.each([['application/json', '{'], ['application/json', '[]'], ['application/json', '{"bankId":1}'], ['application/json;charset=utf-8', '\xff']])('is one as JSON: %s %s', async (type, body) => {
    const answer = await post(createCustomer, type, Buffer.from(body, 'latin1'));
    expect([answer.headers[':status'], json(answer).code]).toEqual([400, 'invalid_argument']);
    expect(answer.headers).toMatchObject(onEvery);
  });

  it('is one where its compression is broken', async () => {
    const answer = await post(createCustomer, 'application/proto', garbage, { 'content-encoding': 'gzip' });
    expect([answer.headers[':status'], json(answer).code]).toEqual([400, 'invalid_argument']);
  });
});

describe('a call that no protocol has', () => {
  it.each([createCustomer, listCustomers])('is told what %s takes', async (path) => {
    const types = path === listCustomers ? 'application/connect+json, application/connect+proto' : 'application/json, application/proto';
    for (const type of ['text/plain', 'application/xml', 'application/jsonp', path === listCustomers ? 'application/json' : 'application/connect+json']) {
      const { status, headers, json: answer } = await platform.send('POST', path, { body: '{}', headers: { 'content-type': type } });
      if (type === 'application/connect+json') continue;
      expect([status, answer.code, headers.accept]).toEqual([415, 'invalid_argument', `${types}, application/grpc, application/grpc-web, application/grpc-web-text`]);
      expect(answer.message).toContain(`"${type}"`);
      expect(headers).toMatchObject(onEvery);
    }
  });

  it('has a status of its protocol where the type is of one', async () => {
    const { headers, headersOnly } = await post(createCustomer, 'application/grpc+thrift', framed(newCustomer()));
    expect([headersOnly, headers['grpc-status']]).toEqual([true, '3']);
    const answer = await post(createCustomer, 'application/connect+json', framed(newCustomer()));
    expect(codeOf('application/connect+json', answer)).toBe('invalid_argument');
  });

  it.each(['GET', 'PUT', 'DELETE'])('is told which verb: %s', async (verb) => {
    const { status, headers, json: answer } = await platform.send(verb, createCustomer);
    expect([status, headers.allow, answer.code]).toEqual([405, 'POST', 'unimplemented']);
    expect(headers).toMatchObject(onEvery);
  });

  it('and no Host is refused, and others do not suffer', async () => {
    const answer = await sendRaw(platform.origin, `POST ${createCustomer} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"invalid_argument"/);
    expect((await platform.send('GET', '/livez')).status).toBe(200);
  });

  it('is asked for before a browser calls it', async () => {
    const { status, headers } = await platform.send('OPTIONS', createCustomer, { headers: { origin: 'http://elsewhere.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'directlogin,x-grpc-web' } });
    expect([status, headers['access-control-allow-methods'], headers['access-control-allow-headers']]).toEqual([204, expect.stringContaining('POST'), '*']);
  });
});

describe('a refusal over gRPC', () => {
  const read = (customerId: string, bankId = bank_id) => post(readCustomer, 'application/grpc', framed(toBinary(GetCustomerByCustomerIdRequestSchema, create(GetCustomerByCustomerIdRequestSchema, { bankId, customerId }))));
  /** As clients count them: with 32 bytes around each. */
  const size = (headers: IncomingHttpHeaders) => Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length + 32, 0);

  it('encodes of its message what must be, and nothing else', async () => {
    expect((await read('unknown')).trailers['grpc-message']).toBe('OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(unknown)');
    expect((await read('50%ß\n')).trailers['grpc-message']).toMatch(/^OBP-30046: .* Current CustomerId\(50%25%C3%9F%0A\)$/);
    const web = await post(readCustomer, 'application/grpc-web', framed(toBinary(GetCustomerByCustomerIdRequestSchema, create(GetCustomerByCustomerIdRequestSchema, { bankId: bank_id, customerId: 'a%' }))));
    expect(textOf(framesOf(web.body))).toMatch(/^grpc-message: OBP-30046: .*\(a%25\)\r$/m);
  });

  it.each([['x'], ['ß'], ['😀']])('of an id of 20,000 characters stays what it is: %s', async (character) => {
    for (const answer of [await read(character.repeat(20_000)), await read('unknown', character.repeat(20_000))]) {
      expect([answer.headers[':status'], answer.trailers['grpc-status']]).toEqual([200, '5']);
      expect(size(answer.trailers)).toBeLessThan(8_192);
    }
  });

  it('fits into what clients of all languages read, whatever it repeats', async () => {
    const request = create(CreateCustomerRequestSchema, { bankId: bank_id, body: { legalName: 'A', mobilePhoneNumber: '1', branchId: 'ß'.repeat(20_000) } });
    const { trailers } = await post(createCustomer, 'application/grpc', framed(toBinary(CreateCustomerRequestSchema, request)));
    expect([trailers['grpc-status'], trailers['grpc-message']?.slice(0, 10)]).toEqual(['3', 'OBP-10001:']);
    expect(size(trailers)).toBeLessThan(8_192);
  });
});

describe('gRPC-Web in its text mode', () => {
  const type = 'application/grpc-web-text';
  const list = () => framed(toBinary(GetCustomersAtOneBankRequestSchema, create(GetCustomersAtOneBankRequestSchema, { bankId: bank_id, limit: 1_000 })));

  it('answers a call in base64, which begins anew where it likes', async () => {
    const whole = framed(newCustomer());
    const { headers, body } = await post(createCustomer, type, Buffer.from(whole.toString('base64')));
    expect(headers).toMatchObject({ ':status': 200, 'content-type': 'application/grpc-web-text+proto', 'access-control-expose-headers': '*', ...onEvery });
    const frames = base64Frames(body);
    expect([frames.map(([flags]) => flags), textOf(frames)]).toEqual([[0, 0x80], expect.stringContaining('grpc-status: 0\r\n')]);
    // Padded in its middle, as clients do that send it in parts.
    const again = framed(newCustomer());
    const parts = [again.subarray(0, 4), again.subarray(4, 10), again.subarray(10)].map((part) => part.toString('base64')).join('');
    expect(codeOf(type, await post(createCustomer, `${type}+proto`, Buffer.from(parts)))).toBe('0');
  });

  it('answers a list in a stream', async () => {
    const frames = base64Frames((await post(listCustomers, type, Buffer.from(list().toString('base64')))).body);
    expect([frames[0]?.[0], textOf(frames)]).toEqual([0, expect.stringContaining('grpc-status: 0\r\n')]);
    expect(frames[0]?.[1].length).toBeGreaterThan(50);
  });

  it('answers over HTTP/1.1 too', async () => {
    const { status, headers, text } = await platform.send('POST', createCustomer, { token: person.token, body: framed(newCustomer()).toString('base64'), headers: { 'content-type': type } });
    expect([status, headers['content-type'], textOf(base64Frames(Buffer.from(text)))]).toEqual([200, 'application/grpc-web-text+proto', expect.stringContaining('grpc-status: 0')]);
  });

  it.each([['no base64 at all', '!!!!!!!!'], ['half a group', 'AAAAA'], ['padding first', '====AAAA'], ['too much padding', 'AA=A===='], ['letters of another base64', 'AA-_']])('refuses %s', async (_what, body) => {
    expect(codeOf(type, await post(createCustomer, type, Buffer.from(body)))).toBe('3');
  });

  it('takes no more than the others do', async () => {
    const answer = await post(createCustomer, type, Buffer.from(framed(Buffer.alloc(1_048_577)).toString('base64')));
    expect(codeOf(type, answer)).toBe('8');
  });
});
