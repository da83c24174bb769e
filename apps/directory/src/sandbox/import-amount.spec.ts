import { describe, expect, it } from '@jest/globals';
import { isAmount } from './import-amount.js';

describe('amount of an import', () => {
  it.each(['0', '1000.00', '-12.5', '+1', '.5', '1e3', '1E-99', '9'.repeat(255)])('%s is one', (text) =>
    expect(isAmount(text)).toBe(true),
  );

  it.each(['', 'ten', '1,5', '1e100', '1E-0100', 'NaN', 'Infinity', '0x10', '1 ', '1\n'])('%j is none', (text) =>
    expect(isAmount(text)).toBe(false),
  );
});
