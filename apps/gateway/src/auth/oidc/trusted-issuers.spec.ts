import { describe, expect, it } from '@jest/globals';
import { type ConfigurationError } from '@platform/runtime';
import { readIssuers } from './trusted-issuers.js';
import { mayLeadTo } from './trusted-url.js';

const faultsOf = (text: string): readonly string[] => {
  try {
    readIssuers(text);
    return [];
  } catch (error) {
    return (error as ConfigurationError).faults;
  }
};

describe('OIDC_ISSUERS', () => {
  it('may be empty', () => {
    for (const text of ['', '  ', ',']) expect(readIssuers(text)).toEqual([]);
  });

  it('lists issuers with their audiences and, where it is known, the place of their keys', () => {
    expect(
      readIssuers('https://a.example api , obp-oidc=http://127.0.0.1:8090 one|two https://keys.example/jwks?v=1'),
    ).toEqual([
      { name: undefined, issuer: 'https://a.example', audiences: ['api'], jwks_uri: undefined },
      {
        name: 'obp-oidc',
        issuer: 'http://127.0.0.1:8090',
        audiences: ['one', 'two'],
        jwks_uri: 'https://keys.example/jwks?v=1',
      },
    ]);
  });

  it.each([
    ['http://login.example api', 'https://'],
    ['http://127.0.0.1.evil.example api', 'https://'],
    ['=https://login.example api', 'https://'],
    ['ftp://login.example api', 'https://'],
    ['login.example api', 'https://'],
    ['https://user:secret@login.example api', 'https://'],
    ['https://login.example#x api', 'https://'],
    ['https://login.example/?tenant=1 api', 'https://'],
    ['https://login.example', 'audience'],
    ['https://login.example |', 'audience'],
    ['https://login.example api http://keys.example', 'JWKS'],
    ['https://login.example api https://keys.example more', 'more than'],
    [`https://login.example ${'a'.repeat(256)}`, '255'],
  ])('is refused as %j', (text, reason) => {
    expect(faultsOf(text)).toEqual([expect.stringMatching(new RegExp(`^OIDC_ISSUERS, entry 1: .*${reason}`))]);
  });

  it('names an issuer once, and every fault at once', () => {
    expect(faultsOf('https://a.example x, https://a.example y')).toEqual([
      'OIDC_ISSUERS, entry 2: https://a.example is there twice; join its audiences by |',
    ]);
    expect(faultsOf('http://b.example x, https://a.example')).toHaveLength(2);
    expect(
      faultsOf('own=https://a.example x, own=https://b.example y, https://c.example z, https://d.example z'),
    ).toEqual(['OIDC_ISSUERS, entry 2: another issuer is called own already']);
  });
});

describe('an issuer', () => {
  it('may send us to https anywhere, to this machine only from this machine', () => {
    expect(mayLeadTo('https://a.example', 'https://keys.example/jwks')).toBe(true);
    expect(mayLeadTo('http://localhost:8090', 'http://127.0.0.1:8090/jwks')).toBe(true);
    for (const url of ['http://127.0.0.1:6379/', 'http://[::1]/', 'http://keys.example', 'file:///etc/passwd', 'keys'])
      expect(mayLeadTo('https://a.example', url)).toBe(false);
  });
});
