import { describe, expect, it } from '@jest/globals';
import { isNumber, isZero } from './amount.js';

describe('amount', () => {
  it.each(['0', '0.00', '-0', '+0', '.0', '0.', '0e5', '000', '0E-10'])('%s is a number and zero', (text) => {
    expect([isNumber(text), isZero(text)]).toEqual([true, true]);
  });

  it.each(['1', '1000.00', '-1', '0.01', '.5', '1e-9', '0.000000000000000000000001'])(
    '%s is a number, not zero',
    (text) => {
      expect([isNumber(text), isZero(text)]).toEqual([true, false]);
    },
  );

  it.each(['', ' ', '.', '1,00', 'zero', '0x0', '1 ', '0\n', '--1', 'NaN', 'Infinity', '1e', '０'])(
    '%j is no number',
    (text) => {
      expect(isNumber(text)).toBe(false);
    },
  );
});
