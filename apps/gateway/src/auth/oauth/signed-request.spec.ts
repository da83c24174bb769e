import { describe, expect, it } from '@jest/globals';
import { baseString } from './base-string.js';
import { readSigned } from './signed-request.js';

const parameters = {
  oauth_consumer_key: 'key',
  oauth_token: 'token',
  oauth_signature_method: 'HMAC-SHA1',
  oauth_timestamp: '137131201',
  oauth_nonce: 'nonce',
  oauth_signature: 'a%2B%2F%3D',
};
const headerOf = (change: Record<string, string | undefined> = {}) =>
  `OAuth realm="Photos", ${Object.entries({ ...parameters, ...change })
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]))
    .join(', ')}`;

interface Given {
  readonly change?: Record<string, string | undefined>;
  readonly host?: string;
  readonly url?: string;
  readonly verb?: string;
  readonly form?: string;
  readonly public_url?: string;
  readonly headers?: Record<string, string>;
}
const read = ({
  change = {},
  host = 'api.example.com',
  url = '/path',
  verb = 'GET',
  form,
  public_url = 'https://api.example.com',
  headers,
}: Given = {}) =>
  readSigned(
    {
      headers: headers ?? { authorization: headerOf(change), host },
      verb,
      url,
      ...(form === undefined ? {} : { form: new URLSearchParams(form) }),
    },
    public_url,
    ['oauth_token'],
  );
const uriOf = (given: Given) => decodeURIComponent(read(given).base_string.split('&')[1] as string);

describe('a signed request', () => {
  it('is taken apart', () => {
    expect(read({ change: { oauth_version: '1.0', oauth_callback: 'oob', oauth_verifier: 'v' } })).toEqual({
      base_string: expect.stringMatching(/^GET&https%3A%2F%2Fapi\.example\.com%2Fpath&oauth_callback%3Doob%26/),
      signature_method: 'HMAC-SHA1',
      signature: 'a+/=',
      consumer_key: 'key',
      token: 'token',
      timestamp: 137131201,
      nonce: 'nonce',
      callback: 'oob',
      verifier: 'v',
    });
  });

  it('has the base string of RFC 5849, 3.4.1.1, with query and form', () => {
    const authorization =
      'OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a", oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D"';
    const { base_string } = read({
      headers: { authorization, host: 'EXAMPLE.com:80' },
      verb: 'POST',
      url: '/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
      form: 'c2&a3=2+q',
    });
    expect(base_string).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
    );
  });

  it('signs every parameter but the realm and the signature', () => {
    const all = { ...parameters, oauth_signature: undefined, oauth_version: '1.0', extra: 'x' };
    const { base_string } = read({ change: { oauth_version: '1.0', extra: 'x' }, url: '/a/b?q=1&q=0' });
    const pairs = [
      ...Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined),
      ['q', '1'],
      ['q', '0'],
    ] as [string, string][];
    expect(base_string).toBe(baseString('GET', 'https://api.example.com/a/b', pairs));
  });

  it.each([
    ['api.example.com', 'https://api.example.com', 'https://api.example.com/path'],
    ['API.Example.com:443', 'https://api.example.com/', 'https://api.example.com/path'],
    ['api.example.com', 'https://API.example.com:443', 'https://api.example.com/path'],
    ['api.example.com:8443', 'https://api.example.com', 'http://api.example.com:8443/path'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080/path'],
    ['localhost:8080', 'http://127.0.0.1:8080', 'http://localhost:8080/path'],
    ['localhost:80', 'https://api.example.com', 'http://localhost/path'],
    ['[::1]:8080', 'https://api.example.com', 'http://[::1]:8080/path'],
    ['localhost', 'no address', 'http://localhost/path'],
  ])('sent to %s, where the public URL is %s, is for %s', (host, public_url, uri) => {
    expect(uriOf({ host, public_url })).toBe(uri);
  });

  it('over HTTP/2 has an authority, and without either it is for the public URL', () => {
    const authorization = headerOf();
    expect(uriOf({ headers: { authorization, ':authority': 'localhost:8080' } })).toBe('http://localhost:8080/path');
    expect(uriOf({ headers: { authorization } })).toBe('https://api.example.com/path');
  });

  it('keeps the path as it was sent', () => {
    expect(uriOf({ url: '//a/%7Eb/../c%20d?x' })).toBe('https://api.example.com//a/%7Eb/../c%20d');
  });

  it.each<[string, Given, string]>([
    [
      'no parameters',
      { headers: { authorization: 'OAuth realm=""', host: 'x' } },
      'missing oauth_consumer_key, oauth_signature_method, oauth_signature, oauth_timestamp, oauth_nonce, oauth_token.',
    ],
    ['no nonce', { change: { oauth_nonce: undefined } }, 'missing oauth_nonce.'],
    ['PLAINTEXT', { change: { oauth_signature_method: 'PLAINTEXT' } }, 'must be HMAC-SHA1 or HMAC-SHA256'],
    ['RSA-SHA1', { change: { oauth_signature_method: 'RSA-SHA1' } }, 'must be HMAC-SHA1 or HMAC-SHA256'],
    ['version 2.0', { change: { oauth_version: '2.0' } }, 'oauth_version must be 1.0'],
    ['a date', { change: { oauth_timestamp: '2026-11-22' } }, 'oauth_timestamp must be in seconds'],
    ['milliseconds', { change: { oauth_timestamp: '1371312010000' } }, 'oauth_timestamp must be in seconds'],
    ['a negative timestamp', { change: { oauth_timestamp: '-1' } }, 'oauth_timestamp must be in seconds'],
    ['a parameter in the query', { url: '/path?oauth_token=token' }, 'must be in the Authorization header'],
    ['a parameter in the form', { form: 'oauth_verifier=v' }, 'must be in the Authorization header'],
    ['an encoded parameter in the query', { url: '/path?%6Fauth_token=token' }, 'must be in the Authorization header'],
    ['too many parameters', { form: 'a&'.repeat(501) }, 'more than 500 parameters'],
    ['a strange host', { host: 'a b' }, 'the Host header is not well formed'],
    ['a host with a user', { host: 'user@host' }, 'the Host header is not well formed'],
    ['a host with a path', { host: 'host/path' }, 'the Host header is not well formed'],
    ['a host with a bad port', { host: 'host:99999' }, 'the Host header is not well formed'],
  ])('with %s is refused', (_name, given, reason) => {
    expect(() => read(given)).toThrow(reason);
  });
});
