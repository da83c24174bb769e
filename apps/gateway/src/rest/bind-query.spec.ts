import { describe, expect, it } from '@jest/globals';
import { readEndpoints } from '@platform/endpoints';
import { ObpFailure } from '@platform/failure';
import { compileQuery } from './bind-query.js';

const fields = readEndpoints().find(({ operation_id }) => operation_id.endsWith('-getCustomersAtOneBank'))?.query ?? [];
const read = (query: string) => compileQuery(fields)(new URLSearchParams(query));
const faultOf = (query: string): string => {
  try {
    read(query);
    return '';
  } catch (error) {
    if (error instanceof ObpFailure) return error.message;
    throw error;
  }
};

describe('the query of a list', () => {
  it('is null where it says nothing', () => {
    expect(read('')).toEqual({ limit: null, offset: null, sort_direction: null });
    for (const query of ['limit=', 'limit=&offset=&sort_direction=', 'limit=&other='])
      expect(read(query)).toEqual(read(''));
  });

  it('is read by its names', () => {
    expect(read('limit=1&offset=0&sort_direction=desc')).toEqual({ limit: 1, offset: 0, sort_direction: 'DESC' });
    expect(read('limit=2147483647&offset=2147483647&sort_direction=ASC')).toMatchObject({
      limit: 2147483647,
      offset: 2147483647,
    });
    expect(read('limit=2147483648&offset=99999999999999999999')).toMatchObject({
      limit: 2147483647,
      offset: 2147483647,
    });
  });

  it.each([
    ['limit=0', 'OBP-10025'],
    ['limit=-1', 'OBP-10025'],
    ['limit=x', 'OBP-10025'],
    ['limit=1.5', 'OBP-10025'],
    ['limit=%201', 'OBP-10025'],
    ['offset=-1', 'OBP-10024'],
    ['offset=1e3', 'OBP-10024'],
    ['sort_direction=up', 'OBP-10023'],
    ['limit=&offset=5', 'OBP-10025'],
    ['offset=&limit=5', 'OBP-10024'],
    ['sort_direction=&limit=5', 'OBP-10023'],
    ['limit=&other=1', 'OBP-10025'],
  ])('refuses %s', (query, code) => {
    expect(faultOf(query)).toMatch(new RegExp(`^OBP-10016: .* <- CODE: `.replace('CODE', code)));
  });

  it('names the first fault in the order of the contract', () => {
    expect(faultOf('offset=x&limit=x&sort_direction=x')).toBe(faultOf('sort_direction=x'));
    expect(faultOf('offset=x&limit=x')).toBe(faultOf('limit=x'));
  });
});

describe('the query of a list with filters', () => {
  const firehose = compileQuery(
    readEndpoints().find(({ operation_id }) => operation_id.endsWith('-getFirehoseCustomers'))?.query ?? [],
  );

  it('takes every other parameter as a filter, as it is written', () => {
    expect(
      firehose(new URLSearchParams('limit=1&colour=red&Limit=2&empty=&from_date=2024-01-01T00:00:00.123Z')),
    ).toEqual({
      limit: 1,
      offset: null,
      sort_direction: null,
      from_date: '2024-01-01T00:00:00Z',
      to_date: null,
      filters: [
        { name: 'colour', value: 'red' },
        { name: 'Limit', value: '2' },
        { name: 'empty', value: '' },
      ],
    });
  });
});
