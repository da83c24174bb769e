import { describe, expect, it } from '@jest/globals';
import { isCurrency } from './currency.js';

describe('currency', () => {
  it.each(['EUR', 'USD', 'GBP', 'JPY', 'ZWG', 'XBT'])('knows %s', (code) => expect(isCurrency(code)).toBe(true));

  it.each(['', 'eur', 'Eur', ' EUR', 'EURO', 'DEM', 'BTC', 'AAA', 'toString'])('does not know %j', (code) =>
    expect(isCurrency(code)).toBe(false),
  );
});
