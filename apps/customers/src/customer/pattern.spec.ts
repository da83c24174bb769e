import { describe, expect, it } from '@jest/globals';
import { patternOf } from './pattern.js';

const narrow = (text: string) => patternOf('legal_name', text).narrow;

describe('patternOf', () => {
  it.each(['Anna', '%nna%', '_abc_', '%381%', 'a%bcd', '%Иван', '李小龍', 'An\\na', '%x\\%abc'])(
    '%s is narrow: a part has three letters in a row',
    (text) => {
      expect(narrow(text)).toBe(true);
    },
  );

  it.each(['', '%', '___', '%ab%', 'ab%cd', 'a_b_c', 'ab\\%c', '+4 9', '%-..-%'])('%s is not narrow', (text) => {
    expect(narrow(text)).toBe(false);
  });

  it.each(['\\', 'abc\\', 'abc\\\\\\', '%\\'])('%s ends within an escape', (text) => {
    expect(() => patternOf('legal_name', text)).toThrow(
      'OBP-10001: Incorrect json format. legal_name must not end with a lone backslash.',
    );
  });

  it.each([
    ['', 0],
    ['%', 0],
    ['%%a%%%b%', 2],
    ['a_\\%', 3],
    ['😀%é', 2],
    ['%'.repeat(500), 0],
  ])('%s matches nothing shorter than %i characters', (text, shortest) => {
    expect(patternOf('legal_name', text).shortest).toBe(shortest);
  });

  it('takes several % for one', () => {
    expect(patternOf('legal_name', '%%a%%%\\%%%_%').text).toBe('%a%\\%%_%');
  });

  it.each(['\\\\', 'abc\\%', 'abc\\\\', '\\a'])('%s is complete', (text) => {
    expect(patternOf('legal_name', text).text).toBe(text);
  });
});
