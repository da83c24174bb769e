import { describe, expect, it } from '@jest/globals';
import { createCsrf } from './csrf.js';

const secret = 'a secret of the tests and long enough';
const csrf = createCsrf(secret, false);
const { value } = csrf.cookie(undefined);
const header = `oauth-login=${value}`;
const field = csrf.field(value, 'T');

describe('the field of a form', () => {
  it('is good with its cookie, among other cookies, at every gateway', () => {
    expect(csrf.isGood(header, 'T', field)).toBe(true);
    expect(csrf.isGood(`a=b; ${header}; c=d`, 'T', field)).toBe(true);
    expect(createCsrf(secret, false).isGood(header, 'T', field)).toBe(true);
  });

  it('is good at gateways that have been given a new secret, and the other way round', () => {
    const [both, after] = [createCsrf(`a newer one,${secret}`, false), createCsrf('a newer one', false)];
    expect(both.isGood(header, 'T', field)).toBe(true);
    expect(after.isGood(header, 'T', both.field(value, 'T'))).toBe(true);
    expect(after.isGood(header, 'T', field)).toBe(false);
  });

  it.each<[string, string | undefined, string, string]>([
    ['no cookie', undefined, 'T', field],
    ['another cookie', `oauth-login=${csrf.cookie(undefined).value}`, 'T', field],
    ['an empty cookie', 'oauth-login=', 'T', field],
    ['two cookies', `${header}; ${header}`, 'T', field],
    ['a cookie of another name', `x${header}`, 'T', field],
    ['another token', header, 'other', field],
    ['no field', header, 'T', ''],
    ['the cookie as its field', header, 'T', value],
    ['another field', header, 'T', csrf.field(value, 'other')],
    ['the field of another instance', header, 'T', createCsrf(`${secret}.`, false).field(value, 'T')],
  ])('is not good with %s', (_name, cookies, token, given) => {
    expect(csrf.isGood(cookies, token, given)).toBe(false);
  });
});

describe('the cookie', () => {
  it('is out of reach of scripts and other pages, and short-lived', () => {
    expect(csrf.cookie(undefined).set).toMatch(/^oauth-login=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/);
    expect(createCsrf(secret, true).cookie(undefined).set).toMatch(
      /^__Host-oauth-login=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    );
  });

  it('stays the same while the browser has it, so that two logins can go on side by side', () => {
    expect(csrf.cookie(header).value).toBe(value);
    expect(csrf.cookie('oauth-login=feeble').value).toMatch(/^[\w-]{43}$/);
    expect(csrf.cookie(undefined).value).not.toBe(csrf.cookie(undefined).value);
  });
});
