import { describe, expect, it } from '@jest/globals';
import { faultOf } from './session.js';

const right = {
  statement_timeout: '4000',
  lock_timeout: '1500',
  idle_in_transaction_session_timeout: '5000',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  server_version_num: '150018',
};

describe('faultOf', () => {
  it.each([
    [{}, undefined],
    [{ DateStyle: 'ISO, DMY', statement_timeout: '1000' }, undefined],
    [{ TimeZone: 'Asia/Tokyo' }, 'its TimeZone is Asia/Tokyo, not UTC'],
    [{ DateStyle: 'German, DMY' }, 'its DateStyle is German, DMY, not ISO'],
    [{ statement_timeout: '0', lock_timeout: '0' }, 'it has no statement_timeout, no lock_timeout'],
    [{ idle_in_transaction_session_timeout: '0' }, 'it has no idle_in_transaction_session_timeout'],
  ])('of a session with %j: %s', (settings, fault) => {
    expect(faultOf({ ...right, ...settings })).toBe(fault);
  });

  it('refuses an old server', () => {
    expect(() => faultOf({ ...right, server_version_num: '140022' })).toThrow(
      'The database is on PostgreSQL 14; 15 or newer is needed: upgrade it',
    );
  });
});
