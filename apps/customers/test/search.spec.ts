import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHarness, type Harness, refusal } from './harness.js';
import { populate } from './population.js';

const names = [
  'Anna Schmidt',
  'anna schmidt',
  'Annabel',
  'Li',
  'Lila',
  'A_B 100%',
  'AxB 1000',
  'back\\slash',
  'Ünal Åberg',
  'Иван Петров',
  '李小龍',
  "O'Neil",
  '',
  ' ',
];

describe('searches of customers', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
    for (const [index, legal_name] of names.entries())
      await harness.create({ legal_name, mobile_phone_number: `+49 30 ${38100 + index}` });
    await harness.create({ legal_name: 'Anna Foreign', mobile_phone_number: '+49 30 381' }, 'other');
    await harness.sql(populate, [1_300]);
  });
  afterAll(() => harness.close());

  const byName = async (legal_name: string, page: object = {}) =>
    (await harness.list('getCustomersByLegalName', { bank_id: 'gh.29.uk', body: { legal_name }, ...page })).map(
      (customer) => customer.legal_name,
    );
  const byPhone = async (mobile_phone_number: string, page: object = {}) =>
    (
      await harness.list('getCustomersByCustomerPhoneNumber', {
        bank_id: 'gh.29.uk',
        body: { mobile_phone_number },
        ...page,
      })
    ).map((customer) => customer.mobile_phone_number);

  it.each([
    ['exact', 'Anna Schmidt', ['Anna Schmidt']],
    ['exact and short', 'Li', ['Li']],
    ['a prefix', 'Anna%', ['Anna Schmidt', 'Annabel']],
    ['a suffix', '%schmidt', ['anna schmidt']],
    ['a part', '%nna%', ['Anna Schmidt', 'anna schmidt', 'Annabel']],
    ['one character', 'Li_a', ['Lila']],
    ['an underscore as wildcard', 'A_B%', ['A_B 100%', 'AxB 1000']],
    ['an escaped underscore', 'A\\_B%', ['A_B 100%']],
    ['an escaped percent sign', '%100\\%', ['A_B 100%']],
    ['an escaped backslash', 'back\\\\slash', ['back\\slash']],
    ['an escaped letter', 'Ann\\abel', ['Annabel']],
    ['accents', '%Åberg', ['Ünal Åberg']],
    ['Cyrillic', 'Иван%', ['Иван Петров']],
    ['Chinese', '%小%', ['李小龍']],
    ['a quote', "O'Neil", ["O'Neil"]],
    ['nothing', '', ['']],
    ['everything', '%', names],
    ['no hit', 'Nobody', []],
  ])('getCustomersByLegalName finds %s', async (_, pattern, found) => {
    expect(await byName(pattern)).toEqual(found);
  });

  it('getCustomersByCustomerPhoneNumber takes a plus literally and % as wildcard', async () => {
    expect(await byPhone('%38102')).toEqual(['+49 30 38102']);
    expect(await byPhone('+49 30 3810_')).toEqual(names.slice(0, 10).map((_, index) => `+49 30 ${38100 + index}`));
    expect(await byPhone('+49 30 381')).toEqual([]);
    expect(await byPhone('%38%')).toHaveLength(names.length);
  });

  it('pages by id, with and without trigrams', async () => {
    expect(await byName('%', { limit: 3, offset: 2 })).toEqual(names.slice(2, 5));
    expect(await byName('%nna%', { limit: 1, offset: 1 })).toEqual(['anna schmidt']);
    expect(await byName('%', { offset: 1_000 })).toEqual([]);
  });

  it('answers 500 unless limited, and any limit in chunks', async () => {
    const at = (legal_name: string, page: object = {}) =>
      harness.list('getCustomersByLegalName', { bank_id: 'bank.0', body: { legal_name }, ...page });
    expect(await at('%')).toHaveLength(500);
    const everyone = await at('%', { limit: 100_000 });
    expect(everyone).toHaveLength(650);
    expect((await at('%mann', { limit: 100_000 })).length + (await at('%ez', { limit: 100_000 })).length).toBe(
      everyone.filter(({ legal_name }) => /mann$|ez$/.test(legal_name)).length,
    );
    expect(await at('%', { limit: 600, offset: 40 })).toEqual(everyone.slice(40, 640));
    const ids = everyone.map(({ customer_id }) => customer_id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it.each(['abc\\', '%\\', '\\'])('refuses the pattern %s, which ends within an escape', async (pattern) => {
    expect(await refusal(byName(pattern))).toBe(
      'OBP-10001: Incorrect json format. legal_name must not end with a lone backslash.',
    );
    expect(await refusal(byPhone(pattern))).toBe(
      'OBP-10001: Incorrect json format. mobile_phone_number must not end with a lone backslash.',
    );
  });

  it('finds nobody by what is longer than any name or number, unless it is so by wildcards', async () => {
    for (const found of [
      byName('x'.repeat(256)),
      byName('_'.repeat(256)),
      byPhone('1'.repeat(51)),
      byPhone('1'.repeat(100_000)),
    ])
      expect(await found).toEqual([]);
    expect(await byPhone('%'.repeat(500))).toEqual(await byPhone('%'));
  });

  it('refuses NUL, a missing body and bad paging', async () => {
    expect(await refusal(byName('a\0'))).toBe(
      'OBP-10001: Incorrect json format. legal_name must not contain the NUL character.',
    );
    expect(await refusal(harness.list('getCustomersByLegalName', { bank_id: 'gh.29.uk', body: null }))).toBe(
      'OBP-10001: Incorrect json format. The field body must be given.',
    );
    expect(await refusal(harness.list('getCustomersByCustomerPhoneNumber', { bank_id: 'gh.29.uk', body: null }))).toBe(
      'OBP-10001: Incorrect json format. The field body must be given.',
    );
    expect(await refusal(byName('%', { limit: 0 }))).toMatch(/^OBP-10016: .* <- OBP-10025/);
    expect(await refusal(byName('%', { offset: -1 }))).toMatch(/^OBP-10016: .* <- OBP-10024/);
  });
});
