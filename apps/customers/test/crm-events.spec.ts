import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CreateCrmEventRequest, CrmEventServiceDefinition } from '@platform/messages';
import { bank, type Calls, caller, createHarness, type Harness, refusal } from './harness.js';

const invalid = (reason: string) => `OBP-10001: Incorrect json format. ${reason}`;

describe('CRM events', () => {
  let harness: Harness;
  let rpcs: Calls<CrmEventServiceDefinition>;
  beforeAll(async () => {
    harness = await createHarness();
    rpcs = harness.of(CrmEventServiceDefinition);
  });
  afterAll(() => harness.close());

  const event = (changes: Partial<CreateCrmEventRequest> = {}): CreateCrmEventRequest => ({
    id: null,
    bank_id: bank,
    customer_name: 'James Brown',
    customer_number: '698761728934',
    category: 'Call',
    detail: 'Asked for a loan',
    channel: 'Phone',
    scheduled_date: null,
    actual_date: '2012-04-23T18:25:43Z',
    result: '',
    ...changes,
  });
  const create = (changes: Partial<CreateCrmEventRequest> = {}) => rpcs.call('createCrmEvent', event(changes));
  const list = (bank_id: string) => rpcs.list('getCrmEvents', { bank_id });

  it('getCrmEvents answers an empty list when there are none', async () => {
    expect(await list('empty')).toEqual([]);
  });

  it('createCrmEvent stores an event for whoever it names; getCrmEvents lists it in wire order', async () => {
    const minted = await create();
    expect(minted.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    const { id: _, ...rest } = event({
      scheduled_date: '2030-01-01T00:00:00Z',
      actual_date: null,
      detail: ' 中 😀 ? \\',
    });
    const given = await create({ ...rest, id: '-0' });
    expect(JSON.stringify(given)).toBe(JSON.stringify({ id: '-0', ...rest }));
    const { bank_id: __, ...last } = event({ id: 'A' });
    await create(last);
    // In the order of creation, whatever their ids.
    expect(await list(bank)).toEqual([minted, given, { ...last, bank_id: bank }]);
    expect(JSON.stringify((await list(bank))[1])).toBe(JSON.stringify(given));
  });

  it("lists a bank's own events alone, all of them", async () => {
    const detail = '😀'.repeat(1024);
    const most = '😀'.repeat(255);
    const first = await create({
      bank_id: 'many',
      id: 'first',
      detail,
      customer_name: most,
      customer_number: most,
      category: most,
      channel: most,
      result: most,
    });
    await harness.sql(
      `insert into crm_event select bank_id, 'e' || i, 'z' || lpad(i::text, 4, '0'), customer_name, customer_number, category, detail, channel, scheduled_date, actual_date, result, created_at from crm_event, generate_series(2, 501) i where bank_id = 'many'`,
    );
    await create({ bank_id: 'other' });
    const events = await list('many');
    expect(events.map(({ id }) => id)).toEqual([
      'first',
      ...Array.from({ length: 500 }, (_, index) => `e${index + 2}`),
    ]);
    expect(events[0]).toEqual(first);
    expect(events[500]).toEqual({ ...first, id: 'e501' });
    expect(await list('other')).toHaveLength(1);
  });

  it('takes an id once per bank, whoever is first', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        create({ bank_id: 'race', id: 'same', detail: `${n}` }).then(
          () => 'created',
          (error: Error) => error.message,
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(
      outcomes.filter((outcome) => outcome === invalid('The bank has another CRM event of that id.')),
    ).toHaveLength(19);
    expect((await create({ bank_id: 'race 2', id: 'same' })).id).toBe('same');
  });

  it('takes an event that comes again as done, also in parallel, and keeps the first', async () => {
    const again = { bank_id: 'again', id: 'same', scheduled_date: null, detail: ' 中 😀 ? \\' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(again)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await list('again')).toEqual([answers[0]]);
    const changes: Partial<CreateCrmEventRequest>[] = [
      { customer_name: '' },
      { customer_number: '' },
      { category: '' },
      { detail: '' },
      { channel: '' },
      { scheduled_date: '2030-01-01T00:00:00Z' },
      { actual_date: null },
      { result: 'x' },
    ];
    for (const change of changes)
      expect(await refusal(create({ ...again, ...change }))).toBe(
        invalid('The bank has another CRM event of that id.'),
      );
    expect(await list('again')).toEqual([answers[0]]);
  });

  it.each([
    [{ id: '' }, 'id must be 1 to 255 characters out of 0-9, A-Z, a-z, "-", "." and "_".'],
    [{ id: 'a b' }, 'id must be 1 to 255 characters out of 0-9, A-Z, a-z, "-", "." and "_".'],
    [{ detail: 'x'.repeat(1025) }, 'detail must not be longer than 1024 characters.'],
    [{ category: 'x'.repeat(256) }, 'category must not be longer than 255 characters.'],
    [{ customer_name: '\0' }, 'customer_name must not contain the NUL character.'],
    [{ bank_id: '\0' }, 'bank_id must not contain the NUL character.'],
    [{ actual_date: 'today' }, 'actual_date must be a date like 2013-01-21T23:08:00Z.'],
    [{ scheduled_date: '2018-03-09T00:00' }, 'scheduled_date must be a date like 2013-01-21T23:08:00Z.'],
    [{ actual_date: '2023-02-30T00:00:00Z' }, 'actual_date must be a date like 2013-01-21T23:08:00Z.'],
  ])('createCrmEvent refuses %j', async (changes, text) => {
    const count = async () => (await harness.sql('select from crm_event')).length;
    const before = await count();
    expect(await refusal(create(changes))).toBe(invalid(text));
    expect(await count()).toBe(before);
  });

  it("is the platform's own to create, and anybody's who is logged in to read", async () => {
    expect(await refusal(rpcs.call('createCrmEvent', event(), caller(bank)))).toMatch(/^OBP-20006/);
    expect(await rpcs.list('getCrmEvents', { bank_id: 'empty' }, caller('empty', []))).toEqual([]);
  });

  it('outlives the customer it names', async () => {
    const { customer_id, customer_number } = await harness.create({}, 'outlived');
    const created = await create({ bank_id: 'outlived', customer_number });
    await harness.sql('delete from customer where customer_id = $1', [customer_id]);
    expect(await list('outlived')).toEqual([created]);
  });
});
