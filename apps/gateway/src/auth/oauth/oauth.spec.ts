import { describe, expect, it } from '@jest/globals';
import { Failure, type Identity, type VerifyOAuthCallRequest } from '@platform/messages';
import type { DirectoryCall } from '../caller.js';
import { createOAuth } from './oauth.js';

const header =
  'OAuth oauth_consumer_key="k", oauth_token="t", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="n", oauth_signature="s"';
const request = (authorization: string, url = '/obp/v5.1.0/users/current?a=b') => ({
  headers: { authorization, host: 'api.example.com' },
  verb: 'GET',
  url,
  address: '',
});

function createOwn() {
  const asked: VerifyOAuthCallRequest[] = [];
  const call = (async (_method: unknown, given: VerifyOAuthCallRequest) => {
    asked.push(given);
    return { user_id: 'u' } as Identity;
  }) as unknown as DirectoryCall;
  return {
    asked,
    oauth: createOAuth({
      call,
      addresses: { take: async () => undefined, logIn: (_login, _asker, work) => work() },
      public_url: 'https://api.example.com',
      secret: 'a secret of the tests and long enough',
    }),
  };
}

describe('a signed call', () => {
  it('is looked at once, however often its identity is asked for', async () => {
    const { asked, oauth } = createOwn();
    const credentials = oauth.credentials(request(header));
    expect(credentials.type).toBe('OAuth1.0a');
    expect(asked).toEqual([]);
    expect([await credentials.identify('c'), await credentials.refresh('c'), await credentials.identify('c')]).toEqual(
      Array(3).fill({ user_id: 'u' }),
    );
    expect(asked).toEqual([
      {
        signed: expect.objectContaining({
          token: 't',
          nonce: 'n',
          signature: 's',
          base_string: expect.stringMatching(
            /^GET&https%3A%2F%2Fapi\.example\.com%2Fobp%2Fv5\.1\.0%2Fusers%2Fcurrent&a%3Db%26oauth_/,
          ),
        }),
      },
    ]);
  });

  it('is looked at anew when it comes again: no identity is kept', async () => {
    const { asked, oauth } = createOwn();
    for (let count = 0; count < 2; count += 1) await oauth.credentials(request(header)).identify('c');
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['OAuth', ' OAuth 1.0a: the Authorization header must have the form'],
    [header.replace('oauth_token="t", ', ''), ' OAuth 1.0a: missing oauth_token.'],
    [header.replace('SHA1', 'SHA512'), ' OAuth 1.0a: oauth_signature_method must be'],
  ])('%s is refused before anybody is asked', (authorization, detail) => {
    const { asked, oauth } = createOwn();
    let thrown: unknown;
    try {
      oauth.credentials(request(authorization));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      failure: Failure.FAILURE_OAUTH_NOT_ACCEPTED,
      detail: expect.stringContaining(detail),
    });
    expect(asked).toEqual([]);
  });
});
