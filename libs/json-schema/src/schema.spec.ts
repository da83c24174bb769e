import { describe, expect, it } from '@jest/globals';
import { patient } from '@platform/testing';
import { checkSchema, compileSchema } from './schema.js';

const draft07 = 'http://json-schema.org/draft-07/schema#';
const schemaOf = (properties: object, change: object = {}) => ({
  $schema: draft07,
  type: 'object',
  title: 't',
  description: 'd',
  required: [] as string[],
  properties,
  ...change,
});

describe('checkSchema', () => {
  it.each([
    'http://json-schema.org/draft-04/schema#',
    'http://json-schema.org/draft-04/schema',
    'http://json-schema.org/draft-06/schema#',
    draft07,
    'https://json-schema.org/draft-07/schema',
    'https://json-schema.org/draft/2019-09/schema',
    'https://json-schema.org/draft/2020-12/schema',
  ])('takes a schema of %s', ($schema) => {
    const schema = schemaOf(
      { number: { type: 'integer', minimum: 10 }, day: { type: 'string', format: 'date' } },
      { $schema, required: ['number'] },
    );
    expect(checkSchema(schema)).toEqual([]);
    expect(compileSchema(schema)({ number: 9 })).toEqual(['$.number: must have a minimum value of 10']);
  });

  it('keeps to the draft that the schema names', () => {
    const properties = { number: { minimum: 1, exclusiveMinimum: true } };
    expect(
      checkSchema(schemaOf(properties, { $schema: 'http://json-schema.org/draft-04/schema#', required: ['number'] })),
    ).toEqual([]);
    expect(checkSchema(schemaOf(properties))).toEqual([
      '$.properties.number.exclusiveMinimum: boolean found, number expected',
    ]);
    const tuple = { list: { prefixItems: [{ type: 'string' }] } };
    expect(
      compileSchema(schemaOf(tuple, { $schema: 'https://json-schema.org/draft/2020-12/schema' }))({ list: [1] }),
    ).toEqual(['$.list[0]: integer found, string expected']);
    expect(compileSchema(schemaOf(tuple))({ list: [1] })).toEqual([]);
  });

  it('names every mandatory member that is missing', () => {
    expect(checkSchema({})).toEqual(
      ['$schema', 'type', 'title', 'description', 'required', 'properties'].map(
        (key) => `$.${key}: is missing but it is required`,
      ),
    );
    expect(checkSchema({ ...schemaOf({}), $schema: undefined, title: undefined })).not.toEqual([]);
  });

  it.each([null, undefined, [], 'text', 7])('refuses %j, which is no object', (schema) => {
    expect(checkSchema(schema)).toEqual(['$: a JSON object is expected']);
  });

  it.each([
    '',
    'draft-07',
    'http://json-schema.org/draft-03/schema#',
    'http://example.com/own#',
    '__proto__',
    7,
    null,
    {},
  ])('refuses the unknown draft %j', ($schema) => {
    expect(checkSchema(schemaOf({}, { $schema }))).toEqual([
      '$.$schema: must name draft-04, draft-06, draft-07, 2019-09 or 2020-12 of JSON Schema',
    ]);
  });

  it.each([
    ['an unknown type', { x: { type: 'text' } }, /^\$\.properties\.x\.type: /],
    ['a wrong limit', { x: { minLength: -1 } }, /^\$\.properties\.x\.minLength: /],
    ['a pattern that is none', { x: { pattern: '(' } }, /pattern|regex|regular/i],
    [
      'a remote reference',
      { x: { $ref: 'http://127.0.0.1:1/schema.json' } },
      /can't resolve reference http:\/\/127\.0\.0\.1:1\/schema\.json/,
    ],
    ['a reference to nothing', { x: { $ref: '#/definitions/none' } }, /can't resolve reference/],
    ['a list of members', [], /^\$\.properties: array found, object expected/],
  ])('refuses %s', (_what, properties, detail) => {
    expect(checkSchema(schemaOf(properties)).join('; ')).toMatch(detail);
  });

  it('lets formats and keywords be that it does not know', () => {
    const schema = schemaOf({ x: { format: 'no-such-format', example: 1 } });
    expect(checkSchema(schema)).toEqual([]);
    expect(compileSchema(schema)({ x: 'y' })).toEqual([]);
  });

  it('refuses what is too long or too deep', () => {
    expect(checkSchema(schemaOf({}, { description: 'x'.repeat(100_000) }))).toEqual([
      '$: must not be longer than 100000 characters',
    ]);
    let deep: object = {};
    for (let level = 0; level < 20_000; level += 1) deep = { not: deep };
    expect(checkSchema(schemaOf({ deep }))).toEqual(['$: is too deep']);
  });

  it('checks two schemas with one $id, and many', () => {
    const schema = schemaOf({}, { $id: 'http://example.com/one' });
    expect([checkSchema(schema), checkSchema(schema), checkSchema({ ...schema, title: 'other' })]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('does not let references multiply a short schema', () => {
    const definitions: Record<string, object> = { d0: { type: 'string' } };
    for (let n = 1; n <= 60; n += 1)
      definitions[`d${n}`] = { allOf: [{ $ref: `#/definitions/d${n - 1}` }, { $ref: `#/definitions/d${n - 1}` }] };
    const schema = schemaOf({ x: { $ref: '#/definitions/d60' } }, { definitions });
    expect(checkSchema(schema)).toEqual([]);
    expect(compileSchema(schema)({ x: 'y' })).toEqual(['$: takes too long to check']);
  });
});

describe('compileSchema', () => {
  const faults = (properties: object, body: unknown, change: object = {}) =>
    compileSchema(schemaOf(properties, change))(body);

  it.each<[string, object, unknown]>([
    ['$.number: must have a minimum value of 10', { number: { minimum: 10 } }, { number: 9 }],
    ['$.number: must have a maximum value of 10', { number: { maximum: 10 } }, { number: 10.5 }],
    ['$.id: string found, integer expected', { id: { type: 'integer' } }, { id: '1' }],
    ['$.id: null found, [string, number] expected', { id: { type: ['string', 'number'] } }, { id: null }],
    ['$.id: number found, integer expected', { id: { type: 'integer' } }, { id: 1.5 }],
    [
      '$.first_name: does not match the regex pattern [A-Z]\\w+',
      { first_name: { pattern: '[A-Z]\\w+' } },
      { first_name: 'x' },
    ],
    ['$.x: does not have a value in the enumeration [EUR, USD]', { x: { enum: ['EUR', 'USD'] } }, { x: 'GBP' }],
    ['$.x: does not have a value in the enumeration [1, null]', { x: { enum: [1, null] } }, { x: 2 }],
    ['$.a.b: is missing but it is required', { a: { required: ['b'] } }, { a: {} }],
    [
      '$.list[1].n: boolean found, integer expected',
      { list: { items: { properties: { n: { type: 'integer' } } } } },
      { list: [{ n: 1 }, { n: true }] },
    ],
    ['$.x: must NOT have fewer than 3 characters', { x: { minLength: 3 } }, { x: 'ab' }],
    ['$.day: must match format "date"', { day: { format: 'date' } }, { day: '2026-02-30' }],
    [
      '$.a/b~c.__proto__x: string found, integer expected',
      { 'a/b~c': { properties: { __proto__x: { type: 'integer' } } } },
      { 'a/b~c': { __proto__x: '' } },
    ],
  ])('%s', (detail, properties, body) => expect(faults(properties, body)).toEqual([detail]));

  it('names everything that is wrong, up to fifty', () => {
    expect(faults({ id: { type: 'integer' } }, { id: '1' }, { required: ['name', 'id'] })).toEqual([
      '$.name: is missing but it is required',
      '$.id: string found, integer expected',
    ]);
    expect(
      faults({ list: { items: { type: 'integer' } } }, { list: Array.from({ length: 1_000 }, () => 'x') }),
    ).toHaveLength(50);
  });

  it.each([[[]], ['text'], [null], [undefined]])('refuses the body %j where an object is due', (body) =>
    expect(faults({}, body)).toEqual([expect.stringMatching(/^\$: \w+ found, object expected$/)]),
  );

  it('lets a right body pass', () => {
    const check = compileSchema(schemaOf({ x: { type: 'string' } }));
    expect(check({ x: 'y', more: 1 })).toEqual([]);
    expect(check({})).toEqual([]);
  });

  it('gives up a pattern that backtracks without end, checks nothing by it for two seconds, and goes on', () => {
    let now = 1_000;
    const check = compileSchema(schemaOf({ x: { pattern: '^(a+)+$' } }), () => now);
    const start = Date.now();
    expect(check({ x: `${'a'.repeat(40)}!` })).toEqual(['$: takes too long to check']);
    expect(Date.now() - start).toBeLessThan(patient(2_000));
    expect(check({ x: 'aaa' })).toEqual(['$: takes too long to check']);
    now += 2_000;
    expect(check({ x: 'aaa' })).toEqual([]);
  });

  it('follows a schema that contains itself', () => {
    const check = compileSchema(schemaOf({ child: { $ref: '#' }, n: { type: 'integer' } }));
    expect(check({ child: { child: { n: 'x' } } })).toEqual(['$.child.child.n: string found, integer expected']);
  });
});
