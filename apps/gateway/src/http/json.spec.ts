import { describe, expect, it } from '@jest/globals';
import { type Json, JsonFault, JsonNumber, readJson } from './json.js';

const read = (text: string | Uint8Array) => readJson(typeof text === 'string' ? Buffer.from(text) : text);
/** As JSON.parse would return it, but with numbers as texts. */
const plain = (value: Json | undefined): unknown => {
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [key, plain(member as Json)]));
  return Array.isArray(value) ? value.map((item) => plain(item as Json)) : value;
};
const fault = (text: string | Uint8Array): string => {
  try {
    read(text);
    return '';
  } catch (error) {
    if (error instanceof JsonFault) return error.message;
    throw error;
  }
};
const nested = (depth: number, open = '[', close = ']', middle = '') =>
  open.repeat(depth) + middle + close.repeat(depth);

describe('readJson', () => {
  it.each<[string, unknown]>([
    ['null', null],
    [' true\n', true],
    ['\tfalse\r', false],
    ['""', ''],
    ['"a\\u00df\\n\\"\\/\\\\"', 'aß\n"/\\'],
    ['"\\ud83d\\ude00😀"', '😀😀'],
    ['[]', []],
    ['[ 1 , [ ] , { } ]', ['1', [], {}]],
    ['{}', {}],
    ['{ "a" : { "b" : [ null ] } , "" : 0 }', { a: { b: [null] }, '': '0' }],
  ])('reads %s', (text, value) => {
    expect(plain(read(text))).toEqual(value);
  });

  it.each(['', ' \r\n\t'])('finds nothing in %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each(['0', '-0', '10.10', '1e400', '-1.5E-7', '123456789012345678901234567890'])(
    'keeps the number %s as it was written',
    (text) => {
      expect(read(text)).toEqual(new JsonNumber(text));
    },
  );

  it.each<[string, string]>([
    ['{"a":1,}', 'expected a key at position 7'],
    ['[1,]', 'unexpected character at position 3'],
    ['[1 2]', 'expected "," at position 3'],
    ['{"a" 1}', 'expected ":" at position 5'],
    ['{a:1}', 'expected a key at position 1'],
    ["'a'", 'unexpected character at position 0'],
    ['01', 'unexpected text after the value at position 1'],
    ['+1', 'unexpected character at position 0'],
    ['.5', 'unexpected character at position 0'],
    ['1.', 'unexpected text after the value at position 1'],
    ['NaN', 'unexpected character at position 0'],
    ['nul', 'unexpected character at position 0'],
    ['truex', 'unexpected text after the value at position 4'],
    ['{} {}', 'unexpected text after the value at position 3'],
    ['"a', 'not a string at position 0'],
    ['"a\nb"', 'not a string at position 0'],
    ['"\\x"', 'not a string at position 0'],
    ['"\\u12"', 'not a string at position 0'],
    ['{"a":1,"b":{"a":1},"a":2}', 'a key is given twice at position 22'],
    ['{"a":1,"\\u0061":2}', 'a key is given twice at position 15'],
    ['"\\u0000"', 'a string must not contain the NUL character at position 8'],
    ['"\\ud800"', 'a string must not contain a lone surrogate at position 8'],
    ['"\\udc00\\ud800"', 'a string must not contain a lone surrogate at position 14'],
    ['{"\\u0000":1}', 'a string must not contain the NUL character at position 9'],
    ['[', 'unexpected character at position 1'],
    ['{', 'expected a key at position 1'],
    ['// a\n1', 'unexpected character at position 0'],
  ])('refuses %j: %s', (text, reason) => {
    expect(fault(text)).toBe(reason);
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(fault(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBe('the body is not UTF-8');
    expect(fault(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('the body is not UTF-8');
  });

  it.each([
    ['[', ']', ''],
    ['{"a":', '}', '1'],
  ])('takes 32 levels of %s and no more', (open, close, middle) => {
    expect(fault(nested(32, open, close, middle))).toBe('');
    expect(fault(nested(33, open, close, middle))).toMatch(/^more than 32 levels/);
    expect(fault(open.repeat(400_000))).toMatch(/^more than 32 levels/);
  });

  it('has keys like __proto__ as any other', () => {
    const value = read('{"__proto__":{"admin":true},"constructor":1}') as ReadonlyMap<string, Json>;
    expect([...value.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    ['plain', 'a'],
    ['escaped', '\\n'],
    ['unicode', '\\u00df'],
  ])('reads a long %s string', (_kind, piece) => {
    const text = `"${piece.repeat(Math.floor(4_000_000 / piece.length))}\\n"`;
    expect(read(text)).toBe(JSON.parse(text));
    expect(fault(text.slice(0, -1))).toBe('not a string at position 0');
  });
});
