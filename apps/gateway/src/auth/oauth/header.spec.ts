import { describe, expect, it } from '@jest/globals';
import { patient } from '@platform/testing';
import { readHeader } from './header.js';

const read = (header: string) => Object.fromEntries(readHeader(header));

describe('an OAuth header', () => {
  it.each([
    ['OAuth a="1"', { a: '1' }],
    ['oauth a="1",b="2"', { a: '1', b: '2' }],
    ['  OAuth   a = "1" ,\tb="2" ', { a: '1', b: '2' }],
    ['OAuth realm="Photos, all = \'mine\'", a="1"', { a: '1' }],
    ['OAuth Realm="", a=""', { a: '' }],
    ['OAuth a%20b="%C3%A9%2B%25 +/="', { 'a b': 'é+% +/=' }],
    ['OAuth realm=""', {}],
  ])('%s is read', (header, parameters) => {
    expect(read(header)).toEqual(parameters);
  });

  it.each([
    'OAuth',
    'OAuth ',
    'OAuth a',
    'OAuth a=1',
    'OAuth a="1',
    'OAuth ="1"',
    'OAuth a="1",',
    'OAuth ,a="1"',
    'OAuth a="1" b="2"',
    'OAuth a="1";b="2"',
    'OAuth a="1""',
    'OAuth a="\\""',
    "OAuth a='1'",
    'OAuth a="é"',
    'OAuth a b="1"',
  ])('%s is no such header', (header) => {
    expect(() => read(header)).toThrow('the Authorization header must have the form OAuth name="value", name="value".');
  });

  it.each(['OAuth a="%"', 'OAuth a="%zz"', 'OAuth a="%ff"', 'OAuth a="%00"', 'OAuth a="%0d%0a"', 'OAuth %="1"'])(
    '%s is not well encoded',
    (header) => {
      expect(() => read(header)).toThrow('not well encoded');
    },
  );

  it.each(['OAuth a="1",a="1"', 'OAuth a="1", b="2", %61="3"', 'OAuth oauth_token="x",realm="",oauth_token="y"'])(
    '%s repeats itself',
    (header) => {
      expect(() => read(header)).toThrow('comes twice');
    },
  );

  it('has limits', () => {
    const many = (count: number) =>
      `OAuth ${Array.from({ length: count }, (_, index) => `p${index}="${index}"`).join()}`;
    expect(readHeader(many(32)).size).toBe(32);
    expect(() => read(many(33))).toThrow('more than 32 parameters');
    expect(() => read(`OAuth a="${'x'.repeat(8_192)}"`)).toThrow('longer than 8192');
    const began = performance.now();
    for (const hostile of [
      `OAuth ${' '.repeat(8_000)}`,
      `OAuth a${' '.repeat(8_000)}`,
      `OAuth ${'a="" ,'.repeat(1_000)}`,
      `${' '.repeat(8_000)}OAuth`,
    ])
      expect(() => read(hostile)).toThrow();
    expect(performance.now() - began).toBeLessThan(patient(500));
  });
});
