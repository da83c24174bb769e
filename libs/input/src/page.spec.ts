import { describe, expect, it } from '@jest/globals';
import { pageOf } from './page.js';

describe('pageOf', () => {
  it('has the contract defaults', () => {
    expect(pageOf({})).toEqual({ limit: 50, offset: 0, direction: 'desc' });
    expect(pageOf({ limit: null, offset: null, sort_direction: '' }, 500)).toEqual({
      limit: 500,
      offset: 0,
      direction: 'desc',
    });
  });

  it('takes the direction in any case', () => {
    expect(pageOf({ limit: 1, offset: 2, sort_direction: 'AsC' })).toEqual({ limit: 1, offset: 2, direction: 'asc' });
  });

  it('refuses the direction first, then the limit, then the offset', () => {
    expect(() => pageOf({ limit: 0, offset: -1, sort_direction: 'x' })).toThrow(
      'OBP-10016: Incorrect filter Parameters in URL.  <- OBP-10023: ',
    );
    expect(() => pageOf({ limit: 0, offset: -1 })).toThrow('  <- OBP-10025: ');
    expect(() => pageOf({ limit: 1, offset: -1 })).toThrow('  <- OBP-10024: ');
  });
});
