import { describe, expect, it } from '@jest/globals';
import { ObpFailure } from '@platform/failure';
import { readLogin, readToken } from './credentials.js';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return '';
  } catch (error) {
    if (error instanceof ObpFailure) return error.message.slice(0, 9);
    throw error;
  }
};

describe('the credentials of a call', () => {
  it.each([
    [{ directlogin: 'token=abc.DEF-1_2@x' }, 'abc.DEF-1_2@x'],
    [{ directlogin: 'token="abc"' }, 'abc'],
    [{ directlogin: 'DirectLogin token=abc' }, 'abc'],
    [{ authorization: 'DirectLogin token=abc' }, 'abc'],
    [{ authorization: 'directlogin  token = "abc" ' }, 'abc'],
    [{ directlogin: 'token=own', authorization: 'DirectLogin token=other' }, 'own'],
    [{ directlogin: 'token=own', authorization: 'Bearer other' }, 'own'],
  ])('in %j are a token', (headers, token) => {
    expect(readToken(headers)).toBe(token);
  });

  it('may be none', () => {
    expect(readToken({})).toBeUndefined();
    expect(readToken({ authorization: 'Bearer abc' })).toBeUndefined();
  });

  it.each([
    [{ directlogin: '' }, 'OBP-20002'],
    [{ directlogin: 'token=' }, 'OBP-20002'],
    [{ directlogin: 'token=""' }, 'OBP-20002'],
    [{ directlogin: 'abc' }, 'OBP-20002'],
    [{ authorization: 'DirectLogin' }, 'OBP-20002'],
  ])('in %j are refused', (headers, code) => {
    expect(codeOf(() => readToken(headers))).toBe(code);
  });

  it.each(['a b', 'a;b', 'a\tb', 'ß', `a'b`, 'a%00'])('hold no token like %j', (token) => {
    expect(codeOf(() => readToken({ directlogin: `token=${token}` }))).toMatch(/^OBP-/);
  });

  it('hold no token longer than 512', () => {
    expect(codeOf(() => readToken({ directlogin: `token=${'a'.repeat(512)}` }))).toBe('');
    expect(codeOf(() => readToken({ directlogin: `token=${'a'.repeat(513)}` }))).toMatch(/^OBP-/);
  });
});

describe('the parameters of a login', () => {
  const parameters = 'username=admin.user, password=a=b "c, consumer_key=abc123';
  const expected = { username: 'admin.user', password: 'a=b "c', consumer_key: 'abc123' };

  it.each([
    [{ directlogin: parameters }],
    [{ directlogin: `DirectLogin ${parameters}` }],
    [{ authorization: `DirectLogin ${parameters}` }],
    [{ authorization: `directlogin ${parameters}` }],
  ])('are read from %j', (headers) => {
    expect(readLogin(headers)).toEqual(expected);
  });

  it('may be quoted and in any order', () => {
    expect(readLogin({ directlogin: 'consumer_key="abc123",password="x y",username="a@b.c"' })).toEqual({
      username: 'a@b.c',
      password: 'x y',
      consumer_key: 'abc123',
    });
  });

  it.each([
    [{}, 'OBP-20082'],
    [{ authorization: 'Basic abc' }, 'OBP-20083'],
    [{ directlogin: 'username=a, password=b' }, 'OBP-20002'],
    [{ directlogin: 'username=a, password=, consumer_key=c' }, 'OBP-20002'],
    [{ directlogin: 'username=a<b, password=b, consumer_key=c' }, 'OBP-20011'],
    [{ directlogin: `username=${'a'.repeat(513)}, password=b, consumer_key=c` }, 'OBP-20010'],
    [{ directlogin: 'username=a, password=ß, consumer_key=c' }, 'OBP-20011'],
    [{ directlogin: `username=a, password=b, consumer_key=${'c'.repeat(513)}` }, 'OBP-35031'],
    [{ directlogin: 'username=a, password=b, consumer_key=c_d' }, 'OBP-35030'],
  ])('are refused in %j', (headers, code) => {
    expect(codeOf(() => readLogin(headers))).toBe(code);
  });

  it('are named when they are missing, never shown', () => {
    expect(() => readLogin({ directlogin: 'password=hunter2' })).toThrow(/username, consumer_key$/);
    expect(() => readLogin({ directlogin: 'password=hunter2' })).not.toThrow(/hunter2/);
  });
});
