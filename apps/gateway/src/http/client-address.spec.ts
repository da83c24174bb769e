import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { readSettings } from '@platform/runtime';
import { gatewaySettings } from '../config.js';
import { createClientAddress } from './client-address.js';

const from = (trusted: string[], connection: string | undefined, forwarded?: string): string =>
  createClientAddress(trusted)({
    socket: { remoteAddress: connection },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage);

describe('the address of a client', () => {
  it('is that of the connection, whatever a header says, as long as nobody is trusted', () => {
    expect(from([], '192.0.2.1')).toBe('192.0.2.1');
    expect(from([], '192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
    expect(from(['10.0.0.0/8'], '192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
    expect(from([], undefined)).toBe('');
  });

  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['203.0.113.9, 198.51.100.7, 10.0.0.2', '198.51.100.7'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['unknown', '10.0.0.1'],
    ['198.51.100.7, somebody', '10.0.0.1'],
    ['', '10.0.0.1'],
  ])('is what trusted proxies forwarded: %p is %p', (forwarded, expected) => {
    expect(from(['10.0.0.0/8'], '10.0.0.1', forwarded)).toBe(expected);
    expect(from(['10.0.0.0/8'], '::ffff:10.0.0.1', forwarded)).toBe(expected);
  });

  it('is the network of 64 bits of an IPv6 client, and the IPv4 address within an IPv6 one', () => {
    expect(from([], '2001:db8:1:2::1')).toBe('2001:db8:1:2::/64');
    expect(from([], '2001:db8:1:2:ffff::2')).toBe('2001:db8:1:2::/64');
    expect(from([], '2001:db8:1:3::1')).toBe('2001:db8:1:3::/64');
    expect(from([], 'fe80::1%eth0')).toBe('fe80::/64');
    expect(from([], '::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(from(['loopback'], '::1', '2001:db8::5')).toBe('2001:db8::/64');
  });
});

describe('TRUSTED_PROXIES', () => {
  it('takes addresses, networks and the names of private ones, and refuses the rest', () => {
    const read = (TRUSTED_PROXIES: string) =>
      readSettings(gatewaySettings, { CALLER_SECRET: 'a secret of the tests and long enough', TRUSTED_PROXIES })
        .TRUSTED_PROXIES;
    expect(read('10.0.0.0/8, 2001:db8::/32,loopback')).toEqual(['10.0.0.0/8', '2001:db8::/32', 'loopback']);
    expect(read('')).toEqual([]);
    for (const wrong of ['proxy.example.com', '10.0.0.0/99', '*']) {
      expect(() => read(wrong)).toThrow('TRUSTED_PROXIES: must be IP addresses or networks such as 10.0.0.0/8');
    }
  });
});
