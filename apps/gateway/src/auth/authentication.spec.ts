import { describe, expect, it } from '@jest/globals';
import { fail, ObpFailure } from '@platform/failure';
import { Failure, type Identity } from '@platform/messages';
import { type AuthenticationOptions, createAuthentication } from './authentication.js';
import type { Credentials } from './caller.js';
import type { Sessions } from './sessions.js';

const identity = (username: string): Identity => ({
  user_id: 'u',
  consumer_id: 'c',
  username,
  roles: [],
  super_admin: false,
  scopes: [],
  call_limits: null,
});
const sessions = {
  identify: async (token: string) => identity(token),
  refresh: async (token: string) => identity(`${token} again`),
} as unknown as Sessions;
const credentials = (type: Credentials['type'], username: string): Credentials => ({
  type,
  identify: async () => identity(username),
  refresh: async () => identity(username),
});

const authenticate = (headers: Record<string, string>, options: Partial<AuthenticationOptions> = {}) =>
  createAuthentication({
    sessions,
    direct_login: true,
    oidc: (token) => credentials('OAuth2_OIDC', token),
    oauth: () => credentials('OAuth1.0a', 'signed'),
    ...options,
  })({ headers, verb: 'GET', url: '/', address: '' });

function codeOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    if (error instanceof ObpFailure) return error.message.slice(0, 9);
    throw error;
  }
}

describe('the kind of login', () => {
  it.each([
    [{ authorization: 'OAuth oauth_consumer_key="k"' }, 'OAuth1.0a', 'signed'],
    [{ authorization: 'OAuth oauth_consumer_key="k"', directlogin: 'token=T' }, 'OAuth1.0a', 'signed'],
    [{ authorization: 'Bearer a.b.c', directlogin: 'token=T' }, 'OAuth2_OIDC', 'a.b.c'],
    [{ authorization: 'bearer   a.b.c  ' }, 'OAuth2_OIDC', 'a.b.c'],
    [{ directlogin: 'token=T' }, 'DirectLogin', 'T'],
    [{ authorization: 'DirectLogin token=T' }, 'DirectLogin', 'T'],
    [{ authorization: 'Basic eA==', directlogin: 'token=T' }, 'DirectLogin', 'T'],
  ])('of %j is %s', async (headers, type, username) => {
    const found = authenticate(headers);
    expect([found?.type, (await found?.identify('c'))?.username]).toEqual([type, username]);
  });

  it('may be none', () => {
    expect(authenticate({})).toBeUndefined();
  });

  it('may be asked again for who it is now', async () => {
    expect(await authenticate({ directlogin: 'token=T' })?.refresh('c')).toMatchObject({ username: 'T again' });
  });

  it.each([
    [{ authorization: 'Basic eA==' }],
    [{ authorization: '' }],
    [{ authorization: 'GatewayLogin token="abc"' }],
    [{ authorization: 'Bearers abc' }],
    [{ dauth: 'abc' }],
    [{ 'consent-jwt': 'abc' }],
    [{ 'consent-id': 'abc', directlogin: 'token=T' }],
  ])('that is not served is refused: %j', (headers) => {
    expect(codeOf(() => authenticate(headers as Record<string, string>))).toBe('OBP-20080');
  });

  it('that is switched off is refused', () => {
    expect(codeOf(() => authenticate({ directlogin: 'token=T' }, { direct_login: false }))).toBe('OBP-20080');
    const { oidc: _oidc, ...without } = {
      sessions,
      direct_login: true,
      oauth: () => fail(Failure.FAILURE_UNKNOWN_ERROR),
      oidc: undefined,
    };
    expect(
      codeOf(() =>
        createAuthentication(without)({ headers: { authorization: 'Bearer a' }, verb: 'GET', url: '/', address: '' }),
      ),
    ).toBe('OBP-20201');
  });
});
