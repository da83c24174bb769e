import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CallerAssertion, Role } from '@platform/messages';
import { type Claims, serviceClaims, signAssertion, verifyAssertion } from './assertion.js';

const secret = 'a secret of the tests';
const now = 1_700_000_000_000;
const claims = { service: false, user_id: 'u-1', consumer_id: 'c-1', bank_id: 'gh.29.uk', roles: [Role.ROLE_CAN_CREATE_CUSTOMER] } satisfies Claims;
const signed = signAssertion(secret, 'gateway', claims, now);

/** Any payload with a valid signature. */
function sign(payload: Uint8Array): Buffer {
  return Buffer.concat([createHmac('sha256', secret).update(payload).digest(), payload]);
}

describe('a caller assertion', () => {
  it('carries its claims', () => {
    expect(verifyAssertion(secret, signed, now)).toEqual({ ...claims, service: false, issuer: 'gateway', issued_at: now, expires_at: now + 15_000 });
  });

  it('may speak for a service itself', () => {
    expect(verifyAssertion(secret, signAssertion(secret, 'customers', serviceClaims, now), now)).toMatchObject({ issuer: 'customers', user_id: '', roles: [] });
  });

  it('is worthless with any one byte changed', () => {
    for (let index = 0; index < signed.length; index += 1) {
      const tampered = Buffer.from(signed);
      tampered[index] = (tampered[index] as number) ^ 1;
      expect(verifyAssertion(secret, tampered, now)).toBeUndefined();
    }
  });

  it('is worthless at any other length', () => {
    for (let length = 0; length < signed.length; length += 1) expect(verifyAssertion(secret, signed.subarray(0, length), now)).toBeUndefined();
    expect(verifyAssertion(secret, Buffer.concat([signed, Buffer.from([0])]), now)).toBeUndefined();
  });

  it('is worthless under another secret', () => {
    expect(verifyAssertion(`${secret}!`, signed, now)).toBeUndefined();
  });

  it.each([[14_999, true], [15_000, false], [1e9, false], [-5_000, true], [-5_001, false]])('%i ms after it was signed counts: %s', (later, counts) => {
    expect(verifyAssertion(secret, signed, now + later) !== undefined).toBe(counts);
  });

  it('needs an issuer', () => {
    const payload = CallerAssertion.encode({ ...claims, issuer: '', issued_at: now, expires_at: now + 15_000 }).finish();
    expect(verifyAssertion(secret, sign(payload), now)).toBeUndefined();
  });

  it.each([
    ['a text', Buffer.from('not a message')],
    ['an endless length', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['a number past what JavaScript counts', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['zeros', Buffer.alloc(8)],
  ])('is refused, not thrown at, when %s was signed', (_what, payload) => {
    expect(verifyAssertion(secret, sign(payload), now)).toBeUndefined();
  });
});
