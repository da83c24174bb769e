import { describe, expect, it } from '@jest/globals';
import { ObpFailure } from '@platform/failure';
import { checkText, checkTexts, secondsList, SecondsListType, secondsText, SecondsType } from './columns.js';

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
});

describe('SecondsListType', () => {
  it('goes there and back', () => {
    const column = new SecondsListType();
    expect(column.convertToDatabaseValue(['2013-01-21T23:08:00.5Z', '2014-01-01T00:00:00Z'])).toBe('{"2013-01-21T23:08:00Z","2014-01-01T00:00:00Z"}');
    expect(column.convertToDatabaseValue([])).toBe('{}');
    expect(column.convertToJSValue('{"2013-01-21 23:08:00+00","2014-01-01 00:00:00+00"}')).toEqual(['2013-01-21T23:08:00Z', '2014-01-01T00:00:00Z']);
    expect(secondsList('{}')).toEqual([]);
    expect(secondsText('0001-01-01 00:00:00+00')).toBe('0001-01-01T00:00:00Z');
  });
});

describe('checkTexts', () => {
  const refusal = (work: () => void): string => {
    try {
      work();
      return '';
    } catch (error) {
      if (error instanceof ObpFailure) return error.detail;
      throw error;
    }
  };

  it('counts characters, not what JavaScript counts', () => {
    expect(refusal(() => checkText('title', '😀'.repeat(5), 5))).toBe('');
    expect(refusal(() => checkText('title', '😀'.repeat(6), 5))).toBe(' title must not be longer than 5 characters.');
  });

  it('names a nested text by its path and looks past what is no text', () => {
    const limits = { legal_name: 3, 'credit_limit.currency': 3 };
    expect(refusal(() => checkTexts({ legal_name: 'abc', dependants: 7, tags: ['abcdef'], credit_limit: null, email: undefined }, limits))).toBe('');
    expect(refusal(() => checkTexts({ credit_limit: { currency: 'EURO' } }, limits))).toBe(' credit_limit.currency must not be longer than 3 characters.');
  });

  it('refuses NUL, with or without a limit', () => {
    expect(refusal(() => checkTexts({ email: 'a\0b' }, {}))).toBe(' email must not contain the NUL character.');
  });
});
