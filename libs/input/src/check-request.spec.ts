import { describe, expect, it } from '@jest/globals';
import * as messages from '@platform/messages';
import { type Failure, failureTable, requestRules } from '@platform/messages';
import { checkGiven, checkRequest, maxCharacters } from './check-request.js';
import { failureText, ObpFailure } from '@platform/failure';

/** A service of the contract as ts-proto declares it. */
interface Service {
  readonly fullName: string;
  readonly methods: Readonly<
    Record<string, { name: string; requestType: { decode(bytes: Uint8Array): Record<string, unknown> } }>
  >;
}

const createCustomer = '/obp.customers.v1.CustomerService/CreateCustomer';
const firehose = '/obp.views.v1.CustomerViewService/GetFirehoseCustomers';
const handle = '/obp.customers.v1.SocialMediaService/AddSocialMediaHandle';
const crmEvent = '/obp.customers.v1.CrmEventService/CreateCrmEvent';

function checked<T extends object>(rpc: string, request: T): T {
  checkRequest(rpc, request);
  return request;
}

describe('a request by the rules of its contract', () => {
  it('has rules wherever it has a date, also below', () => {
    const dates = (rpc: string) =>
      (requestRules[rpc] ?? []).filter(({ format }) => format === 'date-time').map(({ path }) => path.join('.'));
    expect(dates(createCustomer)).toEqual([
      'body.face_image.date',
      'body.date_of_birth',
      'body.dob_of_dependants',
      'body.last_ok_date',
    ]);
    expect([firehose, handle, crmEvent].map((rpc) => dates(rpc).length)).toEqual([2, 2, 2]);
  });

  it('gets its dates in the form in which they are carried', () => {
    const body = {
      face_image: { url: '', date: '1990-05-15T02:00:00+02:00' },
      date_of_birth: ' 1990-05-15',
      dob_of_dependants: ['2000-01-01', '2000-01-01T00:00:00.123456Z'],
      last_ok_date: null,
    };
    expect(checked(createCustomer, { bank_id: 'b', body })).toEqual({
      bank_id: 'b',
      body: {
        face_image: { url: '', date: '1990-05-15T00:00:00Z' },
        date_of_birth: '1990-05-15T00:00:00Z',
        dob_of_dependants: ['2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'],
        last_ok_date: null,
      },
    });
    expect(checked(firehose, { from_date: '2024-01-01T00:00:00.5Z', to_date: null })).toEqual({
      from_date: '2024-01-01T00:00:00Z',
      to_date: null,
    });
  });

  it.each([{}, { face_image: null }])('may lack what has rules: %j', (body) =>
    expect(() => checkRequest(createCustomer, { body })).not.toThrow(),
  );

  it.each([
    [
      createCustomer,
      { body: { date_of_birth: '2023-02-30' } },
      'OBP-10001: Incorrect json format. The Json body should be the PostCustomerJsonV310 (date_of_birth must be a date like 2013-01-21T23:08:00Z)',
    ],
    [
      createCustomer,
      { body: { face_image: { date: '' } } },
      'OBP-10001: Incorrect json format. The Json body should be the PostCustomerJsonV310 (face_image.date must be a date like 2013-01-21T23:08:00Z)',
    ],
    [
      createCustomer,
      { body: { dob_of_dependants: ['2000-01-01', 'x'] } },
      'OBP-10001: Incorrect json format. The Json body should be the PostCustomerJsonV310 (dob_of_dependants[1] must be a date like 2013-01-21T23:08:00Z)',
    ],
    [handle, { body: { date_added: 'x' } }, 'OBP-10001: Incorrect json format.'],
    [
      crmEvent,
      { actual_date: 'x' },
      'OBP-10001: Incorrect json format. actual_date must be a date like 2013-01-21T23:08:00Z.',
    ],
    [
      firehose,
      { from_date: '2024-01-01' },
      "OBP-10016: Incorrect filter Parameters in URL.  <- OBP-10026: Failed to parse date string. Please use this format yyyy-MM-dd'T'HH:mm:ss.SSS'Z'!",
    ],
  ])('of %s is refused as %j', (rpc, request, message) => {
    expect(() => checkRequest(rpc, request)).toThrow(message);
  });

  const all = Object.entries(requestRules).flatMap(([rpc, rules]) => rules.map((rule) => ({ ...rule, rpc })));
  /** Of texts and lists. */
  const limited = all.filter(
    ({ required, format, min_len, otherwise, id }) => (required ?? format ?? min_len ?? otherwise ?? id) === undefined,
  );
  /** A request with one value at a path. */
  const requestWith = (path: readonly string[], value: unknown): object => ({
    body: {},
    signed: {},
    ...(path.reduceRight((inner, key) => (key === '[]' ? [{}, inner] : { [key]: inner }), value) as object),
  });

  it.each(limited.filter(({ max_len }) => max_len !== undefined))(
    'of $rpc takes $max_len characters of $name and no more',
    ({ rpc, path, name, max_len = 0, max_items }) => {
      const text = (characters: string) => requestWith(path, max_items === undefined ? characters : [characters]);
      expect(() => checkRequest(rpc, text('😀'.repeat(max_len)))).not.toThrow('must not be longer');
      expect(() => checkRequest(rpc, text('x'.repeat(max_len + 1)))).toThrow(
        `OBP-10001: Incorrect json format. ${name} must not be longer than ${max_len} characters.`,
      );
      expect(() => checkRequest(rpc, text('a\0b'))).toThrow(
        `OBP-10001: Incorrect json format. ${name} must not contain the NUL character.`,
      );
    },
  );

  it.each(limited.filter(({ max_len, max_items }) => max_len === undefined && max_items === undefined))(
    'of $rpc takes no NUL character in $name, and any number of others',
    ({ rpc, path, name }) => {
      expect(() => checkRequest(rpc, requestWith(path, 'x'.repeat(10_000)))).not.toThrow();
      expect(() => checkRequest(rpc, requestWith(path, '\0'))).toThrow(
        `OBP-10001: Incorrect json format. ${name} must not contain the NUL character.`,
      );
    },
  );

  it.each(limited.filter(({ max_items }) => max_items !== undefined))(
    'of $rpc takes $max_items elements of $name and no more',
    ({ rpc, path, name, max_items = 0 }) => {
      expect(() => checkRequest(rpc, requestWith(path, Array(max_items).fill('2000-01-01T00:00:00Z')))).not.toThrow();
      expect(() => checkRequest(rpc, requestWith(path, Array(max_items + 1).fill('2000-01-01T00:00:00Z')))).toThrow(
        `OBP-10001: Incorrect json format. ${name} must not have more than ${max_items} elements.`,
      );
    },
  );

  it.each(all.filter(({ id }) => id !== undefined))(
    'of $rpc has an id as $name, and no other text is one',
    ({ rpc, path, id, id_detail }) => {
      for (const text of ['a', 'A-1._', 'x'.repeat(255)])
        expect(() => checkRequest(rpc, requestWith(path, text))).not.toThrow(ObpFailure);
      for (const text of ['', 'a b', 'a\0', 'ä', 'x'.repeat(256)]) {
        const detail = id_detail ?? failureTable[id as number]?.detail ?? '';
        const told = detail.replace(`{${path[0]}}`, text).replace(/\{\w+\}/g, 'undefined');
        expect(() => checkRequest(rpc, requestWith(path, text))).toThrow(failureText(id as Failure, told));
      }
    },
  );

  const chosen = all.filter(({ otherwise }) => otherwise !== undefined);
  it.each(chosen)('of $rpc is refused for another $name', ({ rpc, path, allowed = [], otherwise }) => {
    for (const text of allowed) expect(() => checkRequest(rpc, requestWith(path, text))).not.toThrow();
    for (const text of ['', ' ', '\n'])
      expect(() => checkRequest(rpc, requestWith(path, text))).toThrow(
        `OBP-10001: Incorrect json format. ${otherwise}`,
      );
  });
  it.each([
    ['consumer.v1 CallsLimit per_day_call_limit', ['-1', '0', '999999999999999'], ['-2', '1.5', '1e3', '1'.repeat(16)]],
    ['consumer.v1 CreateConsumer app_name', ['abc', ' a b ', '😀😀😀'], ['ab', ' a ', '😀😀']],
    ['entitlement.v1 CreateUserWithRoles provider', ['dauth.x'], ['dauth', 'xdauth.x', 'dauthx']],
  ])('of %s takes %j and not %j', (where, good, bad) => {
    const [, rpcName = '', name = ''] = where.split(' ');
    const rule = chosen.find((one) => one.rpc.endsWith(`/${rpcName}`) && one.name === name);
    const check = (text: string) => checkRequest(rule?.rpc ?? '', requestWith(rule?.path ?? [], text));
    for (const text of good) expect(() => check(text)).not.toThrow();
    for (const text of bad) expect(() => check(text)).toThrow(rule?.otherwise);
  });

  it('says of each body, key and signed request that it is there, as the types of handlers do', () => {
    const services = Object.values<unknown>(messages).filter(
      (one): one is Service => typeof one === 'object' && one !== null && 'fullName' in one && 'methods' in one,
    );
    const members = services.flatMap(({ fullName, methods }) =>
      Object.values(methods).flatMap(({ name, requestType }) => {
        const request = requestType.decode(new Uint8Array());
        const rpc = `/${fullName}/${name}`;
        return ['body', 'key', 'signed'].filter((member) => request[member] === null).map((member) => [rpc, member]);
      }),
    );
    const said = all.filter(({ required }) => required).map(({ rpc, name }) => `${rpc} ${name}`);
    expect(members.length).toBeGreaterThan(50);
    expect(members.map((one) => one.join(' ')).filter((one) => !said.includes(one))).toEqual([]);
  });

  it.each(all.filter(({ required }) => required))('of $rpc has a $name', ({ rpc, name }) => {
    for (const request of [{}, { [name]: null }])
      expect(() => checkRequest(rpc, request)).toThrow(
        `OBP-10001: Incorrect json format. The field ${name} must be given.`,
      );
  });

  it.each(all.filter(({ min_len }) => min_len !== undefined))(
    'of $rpc has a $name where it cannot be told from an absent one, and only there',
    ({ rpc, path, name }) => {
      expect(() => checkRequest(rpc, requestWith(path, ''))).not.toThrow();
      expect(() => checkGiven(rpc, requestWith(path, ''))).toThrow(
        `OBP-10001: Incorrect json format. ${name} must not be empty.`,
      );
      expect(() => checkGiven(rpc, requestWith(path, '-'))).not.toThrow();
    },
  );

  it('is refused for its dates before its texts, and for its texts before its lists', () => {
    const body = { dob_of_dependants: Array(256).fill('2000-01-01'), title: 'x'.repeat(256), last_ok_date: 'x' };
    expect(() => checkRequest(createCustomer, { body })).toThrow('last_ok_date must be a date');
    expect(() => checkRequest(createCustomer, { body: { ...body, last_ok_date: null } })).toThrow(
      'title must not be longer',
    );
    expect(() => checkRequest(createCustomer, { body: { ...body, last_ok_date: null, title: '' } })).toThrow(
      'dob_of_dependants must not have more',
    );
  });

  it('says how long a text may be, for those who search for it', () => {
    expect([
      maxCharacters(createCustomer, 'legal_name'),
      maxCharacters(createCustomer, 'credit_limit.amount'),
      maxCharacters(createCustomer, 'bank_id'),
    ]).toEqual([255, 100, Infinity]);
  });

  it('without rules is left alone', () => {
    const request = Object.freeze({ bank_id: 'b', date: 'x' });
    expect(checked('/obp.customers.v1.CustomerService/FindCustomers', request)).toBe(request);
  });
});
