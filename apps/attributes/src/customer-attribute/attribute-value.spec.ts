import { describe, expect, it } from '@jest/globals';
import { expectedInstead } from './attribute-value.js';

describe('the value of an attribute', () => {
  it.each(['', 'abc', '12', ' '])('may be any text for STRING: %j', (value) => {
    expect(expectedInstead('STRING', value)).toBeUndefined();
  });

  it.each(['0', '123', '-5', '+7', '007', '9'.repeat(2000)])('is an INTEGER of any size: %s', (value) => {
    expect(expectedInstead('INTEGER', value)).toBeUndefined();
  });

  it.each(['', 'abc', '1.0', '1e3', '0x10', ' 1', '1 ', '--1', '1\n', '+', '١٢'])('is no INTEGER: %j', (value) => {
    expect(expectedInstead('INTEGER', value)).toBe('an integer like 123');
  });

  it.each(['12.1234', '0', '-1', '+.5', '5.', '1e10', '2.5E-3', '1e-400', `0.${'1'.repeat(1998)}`])(
    'is a DOUBLE: %s',
    (value) => {
      expect(expectedInstead('DOUBLE', value)).toBeUndefined();
    },
  );

  it.each([
    '',
    '.',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x1F',
    '1e400',
    '1,5',
    '1_000',
    ' 1',
    '1e',
    '1f',
    '.e1',
    '9'.repeat(2000),
  ])('is no DOUBLE: %j', (value) => {
    expect(expectedInstead('DOUBLE', value)).toBe('a finite decimal number like 12.1234');
  });

  it.each(['2012-04-23', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('is a DATE_WITH_DAY: %s', (value) => {
    expect(expectedInstead('DATE_WITH_DAY', value)).toBeUndefined();
  });

  it.each([
    '',
    '2023-02-29',
    '2023-02-30',
    '1900-02-29',
    '2023-13-01',
    '2023-00-10',
    '2023-04-31',
    '2023-01-00',
    '0000-01-01',
    '23-01-01',
    '2023-1-1',
    '2012-04-23T00:00:00Z',
    '23/04/2012',
    '2012-04-23 ',
  ])('is no DATE_WITH_DAY: %j', (value) => {
    expect(expectedInstead('DATE_WITH_DAY', value)).toBe('a day of the calendar like 2012-04-23');
  });
});
