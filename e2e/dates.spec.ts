import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRefusal, newCustomer } from './operations.js';
import { expectStatus, type Person, type Platform, startOwnPlatform } from './platform.js';

let platform: Platform;
let bank_id: string;
let keeper: Person;
beforeAll(async () => {
  platform = await startOwnPlatform({ ALLOW_CUSTOMER_FIREHOSE: 'true' });
  bank_id = await platform.bank();
  keeper = await platform.person(
    'CanUseCustomerFirehoseAtAnyBank',
    ...['CanCreateCustomer', 'CanGetCustomer', 'CanGetCustomers'].map((role) => `${role}@${bank_id}`),
  );
});
afterAll(() => platform.close());

const create = (date: string) =>
  platform.call('POST', `/banks/${bank_id}/customers`, {
    token: keeper.token,
    body: {
      ...newCustomer,
      date_of_birth: date,
      face_image: { url: 'u', date },
      dependants: 1,
      dob_of_dependants: [date],
      last_ok_date: date,
    },
  });

describe('a date in a body', () => {
  // In the forms that Python, .NET, Go, Java and people write.
  it.each([
    ['1990-05-15T00:00:00+00:00', '1990-05-15T00:00:00Z'],
    ['1990-05-15T00:00:00.123456+02:00', '1990-05-14T22:00:00Z'],
    ['1990-05-15T12:30:45.1234567Z', '1990-05-15T12:30:45Z'],
    ['1990-05-15T12:30:45.123456789Z', '1990-05-15T12:30:45Z'],
    ['1990-05-15T12:30:45.1234567891Z', '1990-05-15T12:30:45Z'],
    ['1990-05-15T12:30:45.9-03:30', '1990-05-15T16:00:45Z'],
    [' 1990-05-15T12:30:45Z ', '1990-05-15T12:30:45Z'],
    ['1990-05-15', '1990-05-15T00:00:00Z'],
  ])('%s is stored as %s', async (given, stored) => {
    const { json } = await expectStatus(201, create(given));
    const dates = {
      date_of_birth: stored,
      face_image: { url: 'u', date: stored },
      dob_of_dependants: [stored],
      last_ok_date: stored,
    };
    expect(json).toMatchObject(dates);
    expect(
      (
        await expectStatus(
          200,
          platform.call('GET', `/banks/${bank_id}/customers/${String(json.customer_id)}`, { token: keeper.token }),
        )
      ).json,
    ).toMatchObject(dates);
  });

  it.each([
    '2023-02-30T00:00:00+00:00',
    '1990-05-15T24:00:00Z',
    '1990-05-15T00:00:00',
    '0001-01-01T00:00:00+01:00',
    'infinity',
  ])('%s is none', async (given) => {
    expectRefusal(
      await create(given),
      400,
      /^OBP-10001: Incorrect json format\. The Json body should be the PostCustomerJsonV310 \(\S+ must be a date like 2013-01-21T23:08:00Z\)$/,
    );
  });
});

describe('a query', () => {
  const firehose = (query: string) =>
    platform.call('GET', `/banks/${bank_id}/firehose/customers?${query}`, { token: keeper.token });
  const list = (query: string) => platform.call('GET', `/banks/${bank_id}/customers?${query}`, { token: keeper.token });

  it('takes dates with or without a fraction, and with an offset', async () => {
    for (const date of [
      '2010-01-01T00:00:00Z',
      '2010-01-01T00:00:00.000Z',
      '2010-01-01T00:00:00.000%2B01:00',
      '2010-01-01T00:00:00.1234567891Z',
    ])
      await expectStatus(200, firehose(`from_date=${date}`));
    expectRefusal(await firehose('from_date=2010-02-30T00:00:00Z'), 400, /^OBP-10016: .* <- OBP-10026: /);
  });

  it('may be empty, but not in one number beside another', async () => {
    for (const query of ['limit=', 'limit=&offset=', '']) await expectStatus(200, list(query));
    expectRefusal(await list('limit=&offset=5'), 400, /^OBP-10016: .* <- OBP-10025: /);
    expectRefusal(await list('offset=&limit=5'), 400, /^OBP-10016: .* <- OBP-10024: /);
  });
});

describe('a look-up', () => {
  const post = (path: string, body: object) =>
    platform.call('POST', `/banks/${bank_id}${path}`, { token: keeper.token, body });

  it('by a number that no column holds finds nobody', async () => {
    expectRefusal(await post('/customers/customer-number', { customer_number: '1'.repeat(51) }), 404, /^OBP-30002: /);
    expect(
      (await expectStatus(201, post('/search/customers/mobile-phone-number', { mobile_phone_number: '1'.repeat(51) })))
        .text,
    ).toBe('{"customers":[]}');
  });

  it('names all the wrong ids of a body, a comma and a blank between them', async () => {
    const body = { ...newCustomer, bank_id: 'bad id!', user_id: 'ö' };
    expectRefusal(
      await post('/customers', body),
      400,
      'OBP-10001: Incorrect json format. Here are all invalid values: List((bank_id,bad id!), (user_id,ö))',
    );
  });
});
