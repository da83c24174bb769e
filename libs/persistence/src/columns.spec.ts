import { describe, expect, it } from '@jest/globals';
import { secondsList, SecondsListType, secondsText, SecondsType } from './columns.js';

describe('SecondsType', () => {
  const column = new SecondsType();

  it.each([
    ['2013-01-21T23:08:00Z', '2013-01-21T23:08:00Z'],
    ['2013-01-21T23:08:00.999Z', '2013-01-21T23:08:00Z'],
    [null, null],
  ])('cuts %s to the second on its way in', (given, stored) => {
    expect(column.convertToDatabaseValue(given)).toBe(stored);
  });

  it.each([
    ['2013-01-21 23:08:00+00', '2013-01-21T23:08:00Z'],
    [new Date(Date.UTC(2013, 0, 21, 23, 8, 0, 500)), '2013-01-21T23:08:00Z'],
    [null, null],
  ])('reads %s', (stored, wire) => {
    expect(column.convertToJSValue(stored)).toBe(wire);
  });

  it.each(['2013-01-22 08:08:00+09', '01/21/2013 23:08:00 UTC', '2013-01-21 18:38:00-04:30'])(
    'takes %s for no date: the session is not ours',
    (stored) => {
      expect(() => column.convertToJSValue(stored)).toThrow('UTC');
      expect(() => secondsList(`{"${stored}"}`)).toThrow('UTC');
    },
  );
});

describe('SecondsListType', () => {
  it('goes there and back', () => {
    const column = new SecondsListType();
    expect(column.convertToDatabaseValue(['2013-01-21T23:08:00.5Z', '2014-01-01T00:00:00Z'])).toBe(
      '{"2013-01-21T23:08:00Z","2014-01-01T00:00:00Z"}',
    );
    expect(column.convertToDatabaseValue([])).toBe('{}');
    expect(column.convertToJSValue('{"2013-01-21 23:08:00+00","2014-01-01 00:00:00+00"}')).toEqual([
      '2013-01-21T23:08:00Z',
      '2014-01-01T00:00:00Z',
    ]);
    expect(secondsList('{}')).toEqual([]);
    expect(secondsText('0001-01-01 00:00:00+00')).toBe('0001-01-01T00:00:00Z');
  });
});
