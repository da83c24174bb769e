import { describe, expect, it } from '@jest/globals';
import { readDateTime, readQueryDateTime } from './dates.js';

describe('a date', () => {
  it.each([
    ['2013-01-21T23:08:00Z', '2013-01-21T23:08:00Z'],
    ['2013-01-21T23:08:00.999Z', '2013-01-21T23:08:00Z'],
    ['2018-03-09', '2018-03-09T00:00:00Z'],
    ['2000-02-29', '2000-02-29T00:00:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['0001-01-01', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
  ])('%s is carried as %s', (text, carried) => {
    expect(readDateTime(text)).toBe(carried);
  });

  it.each([
    '', '2023-02-30', '2023-02-29', '1900-02-29', '2023-04-31', '2023-13-01', '2023-00-10', '2023-01-00', '0000-01-01', '2023-1-1',
    '2013-01-21T24:00:00Z', '2013-01-21T23:60:00Z', '2013-01-21T23:08:60Z', '2013-01-21T23:08:00', '2013-01-21T23:08:00+01:00', '2013-01-21T23:08:00.1Z',
    '2013-01-21 23:08:00Z', ' 2013-01-21', '2013-01-21\n', '12013-01-21', '٢٠١٣-٠١-٢١',
  ])('%j is none', (text) => {
    expect(readDateTime(text)).toBeUndefined();
  });

  it('in a query has a time', () => {
    expect(readQueryDateTime('2013-01-21T23:08:00Z')).toBe('2013-01-21T23:08:00Z');
    expect(readQueryDateTime('2013-01-21T23:08:00.000Z')).toBe('2013-01-21T23:08:00Z');
    expect(readQueryDateTime('2013-01-21')).toBeUndefined();
    expect(readQueryDateTime('2013-02-30T00:00:00Z')).toBeUndefined();
  });
});
