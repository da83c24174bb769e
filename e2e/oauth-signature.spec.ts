import { describe, expect, it } from '@jest/globals';
import { authorization, type Signing } from '../tools/lib/oauth-signature.mjs';

const printer = { consumer_key: 'dpf43f3p2l4k3l03', consumer_secret: 'kd94hf93k423kf44', realm: 'Photos' };
const photos = 'http://photos.example.net/photos?file=vacation.jpg&size=original';

/** The published requests of RFC 5849: three of 1.2, and the one of 3.1 with the signature as erratum 2550 corrects it. */
const published: [string, string, Signing, string][] = [
  [
    'POST',
    'https://photos.example.net/initiate',
    {
      ...printer,
      extra: {
        oauth_timestamp: '137131200',
        oauth_nonce: 'wIjqoS',
        oauth_callback: 'http://printer.example.com/ready',
      },
    },
    '74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D',
  ],
  [
    'POST',
    'https://photos.example.net/token',
    {
      ...printer,
      token: 'hh5s93j4hdidpola',
      token_secret: 'hdhd0244k9j7ao03',
      extra: { oauth_timestamp: '137131201', oauth_nonce: 'walatlh', oauth_verifier: 'hfdp7dh39dks9884' },
    },
    'gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D',
  ],
  [
    'GET',
    photos,
    {
      ...printer,
      token: 'nnch734d00sl2jdk',
      token_secret: 'pfkkdhi9sl3r4s00',
      extra: { oauth_timestamp: '137131202', oauth_nonce: 'chapoH' },
    },
    'MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D',
  ],
  [
    'POST',
    'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
    {
      consumer_key: '9djdj82h48djs9d2',
      consumer_secret: 'j49sk3j29djd',
      token: 'kkk9d7dh3k39sjv7',
      token_secret: 'dh893hdasih9',
      realm: 'Example',
      form: 'c2&a3=2+q',
      extra: { oauth_timestamp: '137131201', oauth_nonce: '7d8f3e4a' },
    },
    'r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D',
  ],
];

describe('the client of these tests', () => {
  it.each(published)('signs %s %s as RFC 5849 publishes it', (verb, address, signing, signature) => {
    expect(authorization(verb, address, signing)).toContain(`, oauth_signature="${signature}"`);
  });
});
