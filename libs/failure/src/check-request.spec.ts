import { describe, expect, it } from '@jest/globals';
import { requestRules } from '@platform/messages';
import { checkRequest, maxCharacters } from './check-request.js';

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

  it.each([null, {}, { face_image: null }])('may lack what has rules: %j', (body) =>
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

  const limited = Object.entries(requestRules).flatMap(([rpc, rules]) =>
    rules.filter(({ format }) => format === undefined).map((rule) => ({ ...rule, rpc })),
  );
  /** A request with one value at a path. */
  const requestWith = (path: readonly string[], value: unknown): object =>
    path.reduceRight((inner, key) => ({ [key]: inner }), value) as object;

  it.each(limited.filter(({ max_len }) => max_len !== undefined))(
    'of $rpc takes $max_len characters of $name and no more',
    ({ rpc, path, name, max_len = 0, max_items }) => {
      const text = (characters: string) => requestWith(path, max_items === undefined ? characters : [characters]);
      expect(() => checkRequest(rpc, text('😀'.repeat(max_len)))).not.toThrow();
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
