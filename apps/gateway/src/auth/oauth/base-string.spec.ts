import { describe, expect, it } from '@jest/globals';
import { percentEncode } from '@platform/runtime';
import { baseString } from './base-string.js';

describe('a base string', () => {
  it('is that of RFC 5849, 3.4.1.1', () => {
    const parameters: [string, string][] = [
      ['b5', '=%3D'],
      ['a3', 'a'],
      ['c@', ''],
      ['a2', 'r b'],
      ['oauth_consumer_key', '9djdj82h48djs9d2'],
      ['oauth_token', 'kkk9d7dh3k39sjv7'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131201'],
      ['oauth_nonce', '7d8f3e4a'],
      ['c2', ''],
      ['a3', '2 q'],
    ];
    expect(baseString('post', 'http://example.com/request', parameters)).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
    );
  });

  it('sorts by the encoded bytes, whatever the locale', () => {
    const names = ['b', 'B', 'a', 'é', '_', 'a-b', 'a.b', 'aB', 'ab'].map((name): [string, string] => [name, '']);
    expect(baseString('GET', 'http://x/', names).split('&')[2]).toBe(
      percentEncode('%C3%A9=&B=&_=&a=&a-b=&a.b=&aB=&ab=&b='),
    );
  });
});
