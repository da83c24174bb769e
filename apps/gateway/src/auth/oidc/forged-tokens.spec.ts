import { beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import {
  codeOf,
  createTokenIssuer,
  issuer,
  newKey,
  type SigningKey,
  type TokenChange,
} from '../../../test/token-issuer.js';

let rsa: SigningKey;
let ec: SigningKey;
beforeAll(async () => {
  [rsa, ec] = await Promise.all([newKey('RS256'), newKey('ES256')]);
});
const start = (setting?: string) => createTokenIssuer([rsa, ec], setting);
const header = { alg: 'RS256', kid: 'RS256-1' };

describe('what is no JWT costs no call', () => {
  it.each([
    ['', 'OBP-20205'],
    ['abc', 'OBP-20205'],
    ['a.b', 'OBP-20205'],
    ['a.b.c', 'OBP-20205'],
    ['a.b.c.d.e', 'OBP-20205'],
    ['e30.e30.a b', 'OBP-20205'],
    ['e30=.e30=.YQ==', 'OBP-20205'],
    ['W10.e30.YQ', 'OBP-20205'],
    ['bnVsbA.e30.YQ', 'OBP-20205'],
    [`${'a'.repeat(9_000)}.e30.YQ`, 'OBP-20205'],
  ])('%#', async (token, code) => {
    const { identify, world } = start();
    expect(await codeOf(identify(token))).toBe(code);
    expect([world.fetched, world.resolved]).toEqual([[], []]);
  });

  it('not even when the claims are no object, or no UTF-8', async () => {
    const { identify, forge, world } = start();
    for (const claims of ['[]', '"x"', '{', '\ud800'])
      expect(await codeOf(identify(forge(header, claims)))).toBe('OBP-20205');
    expect(await codeOf(identify(`${Buffer.from(JSON.stringify(header)).toString('base64url')}._w.YQ`))).toBe(
      'OBP-20205',
    );
    expect(world.fetched).toEqual([]);
  });
});

describe('a header that must not be believed costs no call', () => {
  it.each<[string, Record<string, unknown>]>([
    ['alg none', { alg: 'none' }],
    ['alg None', { alg: 'None' }],
    ['no alg', { alg: undefined }],
    ['alg HS256', { alg: 'HS256' }],
    ['alg HS512', { alg: 'HS512' }],
    ['alg RS1', { alg: 'RS1' }],
    ['alg RS512', { alg: 'RS512' }],
    ['alg as a list', { alg: ['RS256'] }],
    ['jku', { jku: 'https://evil.example/keys' }],
    ['jwk', { jwk: { kty: 'oct', k: 'AA' } }],
    ['x5u', { x5u: 'https://evil.example/cert' }],
    ['x5c', { x5c: ['MII'] }],
    ['crit', { crit: ['exp'] }],
    ['b64', { b64: false }],
    ['zip', { zip: 'DEF' }],
    ['an empty jku', { jku: '' }],
    ['a kid that is a path', { kid: '../../dev/null' }],
    ['a kid that is a URL', { kid: 'https://evil.example' }],
    ['a kid that is a statement', { kid: "1' or '1'='1" }],
    ['an empty kid', { kid: '' }],
    ['a long kid', { kid: 'k'.repeat(256) }],
    ['a kid that is a number', { kid: 1 }],
    ['a kid with a line', { kid: 'RS256-1\n' }],
  ])('%s', async (_name, change) => {
    const { identify, forge, world } = start();
    expect(await codeOf(identify(forge({ ...header, ...change })))).toBe('OBP-20206');
    expect(world.fetched).toEqual([]);
  });

  it.each(['logout+jwt', 'dpop+jwt', 'JWE', 5, null, {}])('typ %j', async (typ) => {
    const { identify, forge, world } = start();
    expect(await codeOf(identify(forge({ ...header, typ })))).toBe('OBP-20204');
    expect(world.fetched).toEqual([]);
  });

  it('alg none with an empty signature', async () => {
    const { identify, forge, world } = start();
    expect(await codeOf(identify(forge({ alg: 'none' }, {}, '')))).toBe('OBP-20206');
    expect(await codeOf(identify(forge(header, {}, '')))).toBe('OBP-20206');
    expect(world.fetched).toEqual([]);
  });

  it("HS256 signed with the issuer's public key", async () => {
    const { identify, world } = start();
    const token = await new SignJWT({ iss: issuer, sub: 's', aud: 'customer-platform', exp: world.now / 1_000 + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: rsa.kid })
      .sign(Buffer.from(JSON.stringify(rsa.publicJwk)));
    expect(await codeOf(identify(token))).toBe('OBP-20206');
    expect(world.fetched).toEqual([]);
  });
});

describe('claims that are refused anyway cost no call', () => {
  it.each<[string, TokenChange, string]>([
    ['an unknown issuer', { claims: { iss: 'https://evil.example' } }, 'OBP-20214'],
    ['an issuer with a slash too many', { claims: { iss: `${issuer}/` } }, 'OBP-20214'],
    ['an issuer of another case', { claims: { iss: issuer.toUpperCase() } }, 'OBP-20214'],
    ['no issuer', { without: ['iss'] }, 'OBP-20204'],
    ['another audience', { claims: { aud: 'another-api' } }, 'OBP-20204'],
    ['other audiences', { claims: { aud: ['another-api', 'customer-platform-2'] } }, 'OBP-20204'],
    ['an audience of another case', { claims: { aud: 'Customer-Platform' } }, 'OBP-20204'],
    ['no audience', { without: ['aud'] }, 'OBP-20204'],
    ['no expiry', { without: ['exp'] }, 'OBP-20204'],
    ['an expiry that is a text', { claims: { exp: '9999999999' as never } }, 'OBP-20204'],
    ['a start that is a text', { claims: { nbf: '0' as never } }, 'OBP-20204'],
    ['no subject', { without: ['sub'] }, 'OBP-20204'],
    ['an empty subject', { claims: { sub: '' } }, 'OBP-20204'],
    ['a subject that is a number', { claims: { sub: 1 as never } }, 'OBP-20204'],
    ['a subject with NUL', { claims: { sub: 'a\0' } }, 'OBP-20204'],
    ['a subject too long', { claims: { sub: 's'.repeat(256) } }, 'OBP-20204'],
    ['a client too long', { claims: { azp: 's'.repeat(256) } }, 'OBP-20204'],
    ['a refresh token', { claims: { typ: 'Refresh' } }, 'OBP-20204'],
    ['a logout token', { claims: { events: {} } }, 'OBP-20204'],
  ])('%s', async (_name, change, code) => {
    const { identify, sign, world } = start();
    expect(await codeOf(identify(await sign(rsa, change)))).toBe(code);
    expect([world.fetched, world.resolved]).toEqual([[], []]);
  });

  it('no issuer is configured', async () => {
    const { identify, sign, world } = start('');
    expect(await codeOf(identify(await sign(rsa)))).toBe('OBP-20203');
    expect(await codeOf(identify('garbage'))).toBe('OBP-20203');
    expect(world.fetched).toEqual([]);
  });
});

describe('a wrong signature', () => {
  it('is refused, and with the keys at hand costs no call', async () => {
    const { identify, sign, world } = start();
    await identify(await sign(rsa));
    const before = world.fetched.length;
    const [head, , signature] = (await sign(rsa)).split('.');
    const [, claims] = (await sign(rsa, { claims: { sub: 'admin' } })).split('.');
    expect(await codeOf(identify(`${head}.${claims}.${signature}`))).toBe('OBP-20206');
    const other = await newKey('RS256');
    expect(await codeOf(identify(await sign(other)))).toBe('OBP-20206');
    expect(await codeOf(identify(await sign(await newKey('PS256', rsa.kid))))).toBe('OBP-20206');
    expect(world.fetched).toHaveLength(before);
  });

  it('by the key of another issuer is refused', async () => {
    const { identify, sign, world } = start(
      `${issuer} customer-platform https://login.test/keys, https://other.test customer-platform https://other.test/keys`,
    );
    const other = await newKey('RS256', rsa.kid);
    world.answers['https://other.test/keys'] = () => Response.json({ keys: [other.publicJwk] });
    expect(await codeOf(identify(await sign(other, { claims: { iss: 'https://other.test' } })))).toBe('accepted');
    expect(await codeOf(identify(await sign(other)))).toBe('OBP-20206');
    expect(await codeOf(identify(await sign(rsa, { claims: { iss: 'https://other.test' } })))).toBe('OBP-20206');
  });

  it('never gets its token into the answer', async () => {
    const { identify, sign } = start();
    const token = await sign(await newKey('RS256'));
    await expect(identify(token)).rejects.not.toThrow(token.split('.')[1]);
  });
});
