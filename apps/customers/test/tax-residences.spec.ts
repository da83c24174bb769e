import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TaxResidenceServiceDefinition } from '@platform/messages';
import { bank, type Calls, createHarness, type Harness, refusal } from './harness.js';

const customerUnknown = (id: string) =>
  `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${id})`;
const residenceUnknown = 'OBP-30300: Tax Residence not found by TAX_RESIDENCE_ID. ';
const taken =
  'OBP-50200: Connector cannot return the data we requested. The customer has a tax residence of this domain and tax_number already.';

describe('tax residences of a customer', () => {
  let harness: Harness;
  let rpcs: Calls<TaxResidenceServiceDefinition>;
  beforeAll(async () => {
    harness = await createHarness();
    rpcs = harness.of(TaxResidenceServiceDefinition);
  });
  afterAll(() => harness.close());

  const create = (customer_id: string, domain = 'DE', tax_number = '1', bank_id = bank) =>
    rpcs.call('createTaxResidence', { bank_id, customer_id, body: { domain, tax_number } });
  const list = (customer_id: string, bank_id = bank) => rpcs.list('getTaxResidence', { bank_id, customer_id });
  const remove = (customer_id: string, tax_residence_id: string) =>
    rpcs.call('deleteTaxResidence', { bank_id: bank, customer_id, tax_residence_id });
  const customer = async (bank_id = bank) => (await harness.create({}, bank_id)).customer_id;

  it('createTaxResidence answers in wire order and stores', async () => {
    const customer_id = await customer();
    const first = await create(customer_id, 'Enter some domain', 'Enter some number');
    const { tax_residence_id } = first;
    expect(JSON.stringify(first)).toBe(
      JSON.stringify({ domain: 'Enter some domain', tax_number: 'Enter some number', tax_residence_id }),
    );
    const second = await create(customer_id, '', ' " \\ ? 中 😀');
    expect(await list(customer_id)).toEqual([first, second]);
  });

  it('getTaxResidence lists none as an empty list', async () => {
    expect(await list(await customer())).toEqual([]);
  });

  it('getTaxResidence lists many, oldest first', async () => {
    const customer_id = await customer();
    const most = '😀'.repeat(252);
    const created = [];
    for (let index = 0; index < 120; index += 1)
      created.push(await create(customer_id, `${most}${String(index).padStart(3, '0')}`, most));
    expect(await list(customer_id)).toEqual(created);
  });

  it('refuses a residence that the customer has, and takes any other', async () => {
    const [one, other, foreign] = [await customer(), await customer(), await customer('other')];
    const created = await create(one, 'DE', '1');
    expect(await refusal(create(one, 'DE', '1'))).toBe(taken);
    expect(await list(one)).toEqual([created]);
    await create(one, 'DE', '2');
    await create(one, 'de', '1');
    await create(other, 'DE', '1');
    await create(foreign, 'DE', '1', 'other');
    expect(await list(one)).toHaveLength(3);
  });

  it('lets one of 20 parallel creations of a residence succeed', async () => {
    const customer_id = await customer();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        create(customer_id).then(
          () => 'created',
          (error: Error) => error.message,
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === taken)).toHaveLength(19);
    expect(await list(customer_id)).toHaveLength(1);
  });

  it('deleteTaxResidence removes this one alone, once, and lets it come again', async () => {
    const customer_id = await customer();
    const [gone, kept] = [await create(customer_id, 'DE'), await create(customer_id, 'FR')];
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () =>
        remove(customer_id, gone.tax_residence_id).then(
          ({ value }) => String(value),
          (error: Error) => error.message,
        ),
      ),
    );
    expect(outcomes.sort()).toEqual([...Array<string>(9).fill(residenceUnknown), 'true']);
    expect(await list(customer_id)).toEqual([kept]);
    expect((await create(customer_id, 'DE')).tax_residence_id).not.toBe(gone.tax_residence_id);
  });

  it.each(['', 'a b', 'a\0', 'x'.repeat(256), 'unknown'])(
    'refuses the id %j, as a customer and then as a residence',
    async (id) => {
      for (const text of await Promise.all([create(id), list(id), remove(id, 'unknown')].map(refusal)))
        expect(text).toBe(customerUnknown(id));
      expect(await refusal(remove(await customer(), id))).toBe(residenceUnknown);
    },
  );

  it("reaches no other customer's residence, and no other bank's", async () => {
    const [own, other, foreign] = [await customer(), await customer(), await customer('other')];
    const { tax_residence_id } = await create(own);
    const abroad = await create(foreign, 'DE', '1', 'other');
    expect(await refusal(remove(other, tax_residence_id))).toBe(residenceUnknown);
    expect(await refusal(remove(own, abroad.tax_residence_id))).toBe(residenceUnknown);
    for (const text of await Promise.all(
      [create(foreign), list(foreign), remove(foreign, abroad.tax_residence_id)].map(refusal),
    ))
      expect(text).toBe(customerUnknown(foreign));
    expect([await list(own), await list(other), await list(foreign, 'other')].map(({ length }) => length)).toEqual([
      1, 0, 1,
    ]);
  });

  it('refuses a body before the customer', async () => {
    const invalid = (reason: string) => `OBP-10001: Incorrect json format. ${reason}`;
    expect(await refusal(create('unknown', 'x'.repeat(256)))).toBe(
      invalid('domain must not be longer than 255 characters.'),
    );
    expect(await refusal(create('unknown', '', 'x'.repeat(256)))).toBe(
      invalid('tax_number must not be longer than 255 characters.'),
    );
    expect(await refusal(create('unknown', '\0'))).toBe(invalid('domain must not contain the NUL character.'));
    expect(await refusal(rpcs.call('createTaxResidence', { bank_id: bank, customer_id: 'unknown', body: null }))).toBe(
      invalid('The field body must be given.'),
    );
  });

  it('leaves no orphan when the customer goes while residences are written', async () => {
    const customer_id = await customer();
    const writes = Array.from({ length: 10 }, (_, index) =>
      create(customer_id, String(index)).then(
        () => 'ok',
        (error: Error) => error.message,
      ),
    );
    await harness.sql('delete from customer where bank_id = $1 and customer_id = $2', [bank, customer_id]);
    for (const text of await Promise.all(writes)) expect(['ok', customerUnknown(customer_id)]).toContain(text);
    expect(await harness.sql('select from tax_residence where customer_id = $1', [customer_id])).toEqual([]);
    expect(await refusal(list(customer_id))).toBe(customerUnknown(customer_id));
  });
});
