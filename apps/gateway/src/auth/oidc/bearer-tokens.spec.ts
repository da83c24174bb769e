import { beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, createTokenIssuer, issuer, jwksUri, newKey, type SigningKey } from '../../../test/token-issuer.js';

let rsa: SigningKey;
let ec: SigningKey;
let pss: SigningKey;
let ed: SigningKey;
beforeAll(async () => {
  [rsa, ec, pss, ed] = (await Promise.all(['RS256', 'ES256', 'PS256', 'EdDSA'].map((alg) => newKey(alg)))) as [
    SigningKey,
    SigningKey,
    SigningKey,
    SigningKey,
  ];
});
const start = (setting?: string) => createTokenIssuer([rsa, ec, pss, ed], setting);

describe('a bearer token', () => {
  it('is accepted with every algorithm', async () => {
    const { identify, sign, typeOf, world } = start();
    for (const key of [rsa, ec, pss, ed]) expect(await identify(await sign(key))).toEqual(world.identity);
    expect(typeOf('x')).toBe('OAuth2_OIDC');
    expect(world.fetched).toEqual([`${issuer}/.well-known/openid-configuration`, jwksUri]);
  });

  it.each(['JWT', 'at+jwt', 'application/at+jwt', 'AT+JWT'])('may be of type %s', async (typ) => {
    const { identify, sign } = start();
    expect(await codeOf(identify(await sign(rsa, { header: { typ } })))).toBe('accepted');
  });

  it('may name several audiences, one of them ours', async () => {
    const { identify, sign, world } = start();
    await identify(await sign(rsa, { claims: { aud: ['else', 'other-audience'] } }));
    expect(world.resolved[0]?.audience).toBe('other-audience');
  });

  it('lets clocks differ by a minute', async () => {
    const { identify, sign, world } = start();
    const now = world.now / 1_000;
    const outcome = async (claims: Record<string, number>) => codeOf(identify(await sign(rsa, { claims })));
    expect([await outcome({ exp: now - 59 }), await outcome({ exp: now - 60 })]).toEqual(['accepted', 'OBP-20204']);
    expect([await outcome({ nbf: now + 60 }), await outcome({ nbf: now + 61 })]).toEqual(['accepted', 'OBP-20204']);
    expect([await outcome({ iat: now + 60 }), await outcome({ iat: now + 61 })]).toEqual(['accepted', 'OBP-20204']);
  });

  it('stops being accepted when it expires, though it was remembered', async () => {
    const { identify, sign, world } = start();
    const token = await sign(rsa, { claims: { exp: world.now / 1_000 + 10 } });
    await identify(token);
    world.now += 69_000;
    expect(await codeOf(identify(token))).toBe('accepted');
    world.now += 1_000;
    expect(await codeOf(identify(token))).toBe('OBP-20204');
  });
});

describe('the user and the application', () => {
  it('are those of the claims', async () => {
    const { identify, sign, world } = start();
    await identify(
      await sign(rsa, { claims: { given_name: 'Eveline', email: 'e@example.com', azp: 'portal', name: 'Eveline T' } }),
    );
    expect(world.resolved).toEqual([
      {
        provider: issuer,
        provider_id: 'subject-1',
        username: 'Eveline',
        email: 'e@example.com',
        authorized_party: 'portal',
        audience: 'customer-platform',
        app_name: 'Eveline T',
        description: 'OpenID Connect',
      },
    ]);
  });

  it('of an access token have no more than it says', async () => {
    const { identify, sign, world } = start();
    await identify(
      await sign(rsa, {
        header: { typ: 'at+jwt' },
        claims: { client_id: 'portal', scope: 'openid', given_name: 'x\0', email: 'e'.repeat(256) },
      }),
    );
    expect(world.resolved).toEqual([
      {
        provider: issuer,
        provider_id: 'subject-1',
        username: 'subject-1',
        email: '',
        authorized_party: 'portal',
        audience: 'customer-platform',
        app_name: '',
        description: 'OAuth 2.0',
      },
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['Bearer', { typ: 'Bearer' }, 'OAuth 2.0'],
    ['ID', { typ: 'ID', scope: 'openid' }, 'OpenID Connect'],
    ['none with scopes', { scp: 'read' }, 'OAuth 2.0'],
  ])('of a token of kind %s come by the one or the other', async (_kind, claims, description) => {
    const { identify, sign, world } = start();
    await identify(await sign(rsa, { claims }));
    expect(world.resolved[0]?.description).toBe(description);
  });

  it('are asked for once in 900 ms, and afresh on demand', async () => {
    const { identify, refresh, sign, world } = start();
    const token = await sign(rsa);
    for (let n = 0; n < 3; n += 1) await identify(token);
    world.now += 899;
    await identify(token);
    expect(world.resolved).toHaveLength(1);
    world.now += 1;
    await identify(token);
    expect(world.resolved).toHaveLength(2);
    await refresh(token);
    expect(world.resolved).toHaveLength(3);
  });
});

describe("an issuer's keys", () => {
  it('are fetched once for many tokens at the same time, and kept ten minutes', async () => {
    const { identify, sign, world } = start();
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, n) => sign(n % 2 === 0 ? rsa : ec, { claims: { sub: `s-${n}` } })),
    );
    await Promise.all(tokens.map(identify));
    expect(world.fetched).toHaveLength(2);
    world.now += 599_999;
    await identify(await sign(rsa));
    expect(world.fetched).toHaveLength(2);
    world.now += 1;
    await identify(await sign(rsa));
    expect(world.fetched).toHaveLength(4);
  });

  it('may change: a new one is fetched when a token names it', async () => {
    const { identify, sign, world } = start();
    await identify(await sign(rsa));
    world.now += 30_000;
    const next = await newKey('RS256', 'RS256-2');
    world.keys = [next];
    const tokens = await Promise.all(Array.from({ length: 10 }, (_, n) => sign(next, { claims: { sub: `s-${n}` } })));
    expect(await Promise.all(tokens.map((token) => codeOf(identify(token))))).toEqual(tokens.map(() => 'accepted'));
    expect(world.fetched.slice(2)).toEqual([jwksUri]);
    expect(await codeOf(identify(await sign(rsa, { claims: { sub: 'of the old key' } })))).toBe('OBP-20206');
  });

  it('are fetched for invented key ids at most once in 30 seconds', async () => {
    const { identify, sign, world } = start();
    await identify(await sign(rsa));
    const forged = async (n: number) => codeOf(identify(await sign({ ...rsa, kid: `invented-${n}` })));
    for (let n = 0; n < 5; n += 1) expect(await forged(n)).toBe('OBP-20206');
    expect(world.fetched).toHaveLength(2);
    world.now += 30_000;
    await Promise.all([1, 2, 3, 4, 5].map(forged));
    for (let n = 0; n < 5; n += 1) await forged(n);
    expect(world.fetched.slice(2)).toEqual([jwksUri]);
    expect(await codeOf(identify(await sign(rsa, { claims: { sub: 'still good' } })))).toBe('accepted');
  });

  it('stay good when that fetch fails', async () => {
    const { identify, sign, world } = start();
    await identify(await sign(rsa));
    world.now += 30_000;
    world.answers[jwksUri] = () => new Response('', { status: 503 });
    expect(await codeOf(identify(await sign({ ...rsa, kid: 'invented' })))).toBe('OBP-20202');
    expect(await codeOf(identify(await sign(rsa, { claims: { sub: 'still good' } })))).toBe('accepted');
  });

  it('that cannot be had make 401, and are asked for again after five seconds', async () => {
    const { identify, sign, discovery, world } = start();
    const good = world.answers[discovery] as () => Response;
    world.answers[discovery] = () => new Response('', { status: 500 });
    const token = await sign(rsa);
    for (let n = 0; n < 3; n += 1) expect(await codeOf(identify(token))).toBe('OBP-20202');
    expect(world.fetched).toHaveLength(1);
    world.answers[discovery] = good;
    world.now += 5_000;
    expect(await codeOf(identify(token))).toBe('accepted');
  });

  it.each<[string, () => Response | Promise<Response>, string]>([
    ['a network error', () => Promise.reject(new TypeError('fetch failed')), 'OBP-20202'],
    ['no JSON', () => new Response('<html>'), 'OBP-20202'],
    ['a list', () => Response.json([]), 'OBP-20202'],
    ['more than 256 KiB', () => Response.json({ keys: [], pad: 'x'.repeat(262_144) }), 'OBP-20202'],
    ['no key set', () => Response.json({ keys: 'none' }), 'OBP-20207'],
    ['no keys', () => Response.json({ keys: [] }), 'OBP-20206'],
    ['a secret key', () => Response.json({ keys: [{ kty: 'oct', kid: 'RS256-1', k: 'c2VjcmV0' }] }), 'OBP-20206'],
  ])('that are %s make 401', async (_what, answer, code) => {
    const { identify, sign, world } = start();
    world.answers[jwksUri] = answer;
    expect(await codeOf(identify(await sign(rsa)))).toBe(code);
  });

  it.each<[string, object]>([
    ['names another issuer', { issuer: 'https://evil.example', jwks_uri: jwksUri }],
    ['names none', { jwks_uri: jwksUri }],
    ['sends us to this machine', { issuer, jwks_uri: 'http://127.0.0.1:8500/keys' }],
    ['sends us to plain http', { issuer, jwks_uri: 'http://login.test/keys' }],
    ['sends us nowhere', { issuer }],
  ])('are not taken where the discovery document %s', async (_what, document) => {
    const { identify, sign, discovery, world } = start();
    world.answers[discovery] = () => Response.json(document);
    expect(await codeOf(identify(await sign(rsa)))).toBe('OBP-20208');
    expect(world.fetched).toEqual([discovery]);
  });

  it('are taken from the configured place without discovery', async () => {
    const { identify, sign, world } = start(`${issuer} customer-platform ${jwksUri}`);
    await identify(await sign(rsa));
    expect(world.fetched).toEqual([jwksUri]);
  });

  it('need not be named while there is one of the kind', async () => {
    const { identify, sign, world } = start();
    world.keys = [rsa, ec];
    expect(await codeOf(identify(await sign(rsa, { header: { kid: undefined } })))).toBe('accepted');
    const several = start();
    several.world.keys = [rsa, await newKey('RS256', 'RS256-2')];
    expect(await codeOf(several.identify(await several.sign(rsa, { header: { kid: undefined } })))).toBe('OBP-20206');
  });
});
