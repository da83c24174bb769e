import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AttributeDefinitionJsonV400 } from '@platform/messages';
import {
  bank,
  contextFor,
  createHarness,
  definitionBody,
  definitionUnknown,
  type Harness,
  invalid,
  methods,
  otherBank,
  bodyMissing,
  refusal,
} from './harness.js';

const typeRule = invalid(
  'The `Type` field can only accept the following field: DOUBLE(12.1234), STRING(TAX_NUMBER), INTEGER (123)and DATE_WITH_DAY(2012-04-23)',
);
const categoryRule = invalid('The `Category` field can only accept the following field: Customer');

describe('attribute definitions of customers', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
  });
  beforeEach(async () => {
    await harness.sql('delete from attribute_definition');
  });
  afterAll(() => harness.close());

  const remove = (bank_id: string, attribute_definition_id: string) =>
    harness.call(methods.deleteDefinition, { bank_id, attribute_definition_id });

  it('creates a definition', async () => {
    const created = await harness.define();
    expect(created).toEqual({
      attribute_definition_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      bank_id: bank,
      ...definitionBody(),
      version: 1,
    });
    expect(await harness.sql('select * from attribute_definition')).toEqual([created]);
  });

  it('replaces all but the id of the definition of that name', async () => {
    const { attribute_definition_id } = await harness.define();
    const change: Partial<AttributeDefinitionJsonV400> = {
      type: 'INTEGER',
      description: 'other',
      alias: '',
      can_be_seen_on_views: [],
      is_active: false,
    };
    const changed = await harness.define(change);
    expect(changed).toEqual({ attribute_definition_id, bank_id: bank, ...definitionBody(change), version: 2 });
    expect(await harness.definitions()).toEqual([changed]);
    const others = [await harness.define({ name: 'special_tax_number' }), await harness.define({}, otherBank)];
    expect(others.map((one) => one.attribute_definition_id)).not.toContain(attribute_definition_id);
    expect(await harness.definitions()).toEqual([changed, others[0]]);
    expect(await harness.definitions(otherBank)).toEqual([others[1]]);
  });

  it.each([
    [[]],
    [['']],
    [['bank', 'a;b', 'a,b', '"', '\\', '{}', "it's ?", 'NULL', 'bank']],
    [Array<string>(100).fill('😀'.repeat(255))],
  ])('keeps the views as they are: %#', async (can_be_seen_on_views) => {
    expect(await harness.define({ can_be_seen_on_views })).toMatchObject({ can_be_seen_on_views });
    expect(await harness.definitions()).toMatchObject([{ can_be_seen_on_views }]);
  });

  it.each(["it's", 'back\\slash', 'a ? and ??', ':name $1 %s', '😀 ü', 'line\nbreak', ''])(
    'stores any text unchanged: %j',
    async (text) => {
      const created = await harness.define({ name: text, description: text, alias: text });
      expect(created).toMatchObject({ name: text, description: text, alias: text });
      expect(await harness.definitions()).toEqual([created]);
    },
  );

  it.each<[Partial<AttributeDefinitionJsonV400>, string]>([
    [{ name: 'x'.repeat(51), type: '' }, invalid('name must not be longer than 50 characters.')],
    [{ alias: 'x'.repeat(51), type: '' }, invalid('alias must not be longer than 50 characters.')],
    [{ description: 'x'.repeat(2001), type: '' }, invalid('description must not be longer than 2000 characters.')],
    [{ description: '\0', type: '' }, invalid('description must not contain the NUL character.')],
    [
      { can_be_seen_on_views: ['x'.repeat(256)], type: '' },
      invalid('can_be_seen_on_views must not be longer than 255 characters.'),
    ],
    [{ can_be_seen_on_views: ['\0'], type: '' }, invalid('can_be_seen_on_views must not contain the NUL character.')],
    [
      { can_be_seen_on_views: Array<string>(101).fill(''), type: '' },
      invalid('can_be_seen_on_views must not have more than 100 elements.'),
    ],
    [{ type: 'string', category: '' }, typeRule],
    [{ type: '', category: 'Bank' }, typeRule],
    ...['', 'customer', 'Bank', 'Account'].map((category): [Partial<AttributeDefinitionJsonV400>, string] => [
      { category },
      categoryRule,
    ]),
  ])('refuses a body: %#', async (change, message) => {
    expect(await refusal(harness.define(change))).toBe(message);
    expect(await harness.definitions()).toEqual([]);
  });

  it('refuses a call without a body', async () => {
    expect(await refusal(harness.call(methods.putDefinition, { bank_id: bank, body: null }))).toBe(bodyMissing);
  });

  it('lists definitions oldest first, in bounded messages', async () => {
    expect(await harness.messages(methods.getDefinitions, { bank_id: bank })).toEqual([{ attributes: [] }]);
    const views = Array<string>(100).fill('😀'.repeat(255));
    const created = [];
    for (let n = 0; n < 60; n += 1)
      created.push(
        await harness.define({
          name: `${99 - n}${'😀'.repeat(48)}`,
          description: '😀'.repeat(2000),
          alias: '😀'.repeat(50),
          can_be_seen_on_views: views,
        }),
      );
    expect(
      (await harness.messages(methods.getDefinitions, { bank_id: bank })).map(({ attributes }) => attributes.length),
    ).toEqual([30, 30]);
    expect(await harness.definitions()).toEqual(created);
  });

  it('deletes a definition of the bank, once', async () => {
    const { attribute_definition_id } = await harness.define();
    const kept = await harness.define({ name: 'kept' });
    for (const id of ['nothing', '', 'a\0b', 'x'.repeat(256)])
      expect(await refusal(remove(bank, id))).toBe(definitionUnknown);
    expect(await refusal(remove(otherBank, attribute_definition_id))).toBe(definitionUnknown);
    expect(await harness.definitions()).toHaveLength(2);
    expect(await remove(bank, attribute_definition_id)).toEqual({ value: true });
    expect(await refusal(remove(bank, attribute_definition_id))).toBe(definitionUnknown);
    expect(await harness.definitions()).toEqual([kept]);
  });

  it('neither lists nor deletes definitions of another category', async () => {
    await harness.sql(`insert into attribute_definition values ($1, 'b', 'N', 'Bank', 'STRING', '', '', '{}', true)`, [
      bank,
    ]);
    expect(await harness.definitions()).toEqual([]);
    expect(await refusal(remove(bank, 'b'))).toBe(definitionUnknown);
  });

  it('lets all of 50 parallel writers succeed with one definition', async () => {
    const replica = await harness.replica();
    const bodies = Array.from({ length: 50 }, (_, n) =>
      definitionBody({ description: String(n), can_be_seen_on_views: [String(n)] }),
    );
    const answers = await Promise.all(
      bodies.map((body, n) => {
        const request = { bank_id: bank, body };
        return n % 2 === 0
          ? harness.call(methods.putDefinition, request)
          : replica.peer.call(methods.putDefinition, request, contextFor(methods.putDefinition, request));
      }),
    );
    await replica.close();
    expect(new Set(answers.map(({ attribute_definition_id }) => attribute_definition_id)).size).toBe(1);
    const stored = await harness.definitions();
    expect(stored).toHaveLength(1);
    expect(answers).toContainEqual(stored[0]);
  });
});
