import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CallerAssertion, Role } from '@platform/messages';
import { type Claims, createServiceAssertion, serviceClaims, signAssertion, verifyAssertion } from './assertion.js';

const secret = 'a secret of the tests';
const now = 1_700_000_000_000;
const claims = {
  service: false,
  user_id: 'u-1',
  consumer_id: 'c-1',
  bank_id: 'gh.29.uk',
  roles: [Role.ROLE_CAN_CREATE_CUSTOMER],
} satisfies Claims;
const rpc = '/obp.customers.v1.CustomerService/CreateCustomer';
const signed = signAssertion(secret, 'gateway', claims, rpc, now);
const forged = { refused: 'forged' };

/** Any payload with a valid signature. */
function sign(payload: Uint8Array): Buffer {
  return Buffer.concat([createHmac('sha256', secret).update(payload).digest(), payload]);
}

describe('a caller assertion', () => {
  it('carries its claims', () => {
    expect(verifyAssertion(secret, signed, rpc, now)).toEqual({
      assertion: { ...claims, service: false, issuer: 'gateway', rpc, issued_at: now, expires_at: now + 60_000 },
    });
  });

  it('whose signature is known counts no longer and for no other rpc than before', () => {
    const known = new WeakMap();
    const first = verifyAssertion(secret, signed, rpc, now, known);
    expect(verifyAssertion(secret, signed, rpc, now, known)).toEqual(first);
    expect(verifyAssertion(secret, signed, rpc, now + 60_000, known)).toMatchObject({ refused: 'untimely' });
    expect(verifyAssertion(secret, signed, '/another/Rpc', now, known)).toMatchObject({ refused: 'another rpc' });
    expect(verifyAssertion('another secret', Buffer.from(signed), rpc, now, known)).toMatchObject(forged);
  });

  it('may speak for a service itself', () => {
    expect(
      verifyAssertion(secret, signAssertion(secret, 'customers', serviceClaims, rpc, now), rpc, now),
    ).toMatchObject({ assertion: { issuer: 'customers', user_id: '', roles: [] } });
  });

  it('is worthless with any one byte changed', () => {
    for (let index = 0; index < signed.length; index += 1) {
      const tampered = Buffer.from(signed);
      tampered[index] = (tampered[index] as number) ^ 1;
      expect(verifyAssertion(secret, tampered, rpc, now)).toMatchObject(forged);
    }
  });

  it('is worthless at any other length', () => {
    for (let length = 0; length < signed.length; length += 1)
      expect(verifyAssertion(secret, signed.subarray(0, length), rpc, now)).toMatchObject(forged);
    expect(verifyAssertion(secret, Buffer.concat([signed, Buffer.from([0])]), rpc, now)).toMatchObject(forged);
  });

  it('is signed by the first of two secrets, and accepted under either', () => {
    expect(verifyAssertion(`new,${secret}`, signed, rpc, now)).toHaveProperty('assertion');
    const renewed = signAssertion(`new,${secret}`, 'gateway', claims, rpc, now);
    for (const accepting of ['new', `${secret},new`, 'new,newer'])
      expect(verifyAssertion(accepting, renewed, rpc, now)).toHaveProperty('assertion');
    for (const refusing of [secret, `${secret},newer`, `new${secret}`])
      expect(verifyAssertion(refusing, renewed, rpc, now)).toMatchObject(forged);
  });

  it('is worthless under another secret', () => {
    expect(verifyAssertion(`${secret}!`, signed, rpc, now)).toMatchObject(forged);
  });

  it.each([
    [59_999, true],
    [60_000, false],
    [1e9, false],
    [-60_000, true],
    [-60_001, false],
  ])('%i ms after it was signed counts: %s', (later, counts) => {
    const verified = verifyAssertion(secret, signed, rpc, now + later);
    if (counts) expect(verified).toHaveProperty('assertion');
    else expect(verified).toEqual({ refused: 'untimely', issuer: 'gateway', issued_at: now });
  });

  it.each([
    '/obp.customers.v1.CustomerService/UpdateCustomerEmail',
    '/obp.links.v1.CustomerService/CreateCustomer',
    '',
  ])('is worthless for %s', (other) => {
    expect(verifyAssertion(secret, signed, other, now)).toEqual({ refused: 'another rpc', issuer: 'gateway' });
  });

  it('of a service is signed for each rpc, and again after a second', () => {
    let time = now;
    const sign = createServiceAssertion(secret, 'links', () => time);
    const first = sign(rpc);
    expect([sign(rpc), sign('/other')].map((one) => one.equals(first))).toEqual([true, false]);
    time += 1_000;
    expect(verifyAssertion(secret, sign(rpc), rpc, time)).toMatchObject({ assertion: { issued_at: time } });
  });

  it('needs an issuer', () => {
    const payload = CallerAssertion.encode({
      ...claims,
      issuer: '',
      rpc,
      issued_at: now,
      expires_at: now + 15_000,
    }).finish();
    expect(verifyAssertion(secret, sign(payload), rpc, now)).toMatchObject(forged);
  });

  it.each([
    ['a text', Buffer.from('not a message')],
    ['an endless length', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['a number past what JavaScript counts', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['zeros', Buffer.alloc(8)],
  ])('is refused, not thrown at, when %s was signed', (_what, payload) => {
    expect(verifyAssertion(secret, sign(payload), rpc, now)).toMatchObject(forged);
  });
});
