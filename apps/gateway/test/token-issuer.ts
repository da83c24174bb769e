import { createLogger } from '@platform/runtime';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Identity, ResolveExternalUserRequest } from '@platform/messages';
import type { DirectoryCall } from '../src/auth/caller.js';
import { createBearerTokens } from '../src/auth/oidc/bearer-tokens.js';
import { openIssuers } from '../src/auth/oidc/issuers.js';

export const issuer = 'https://login.test/realms/bank';
export const jwksUri = 'https://login.test/keys';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}
type CryptoKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

export async function newKey(alg: string, kid = `${alg}-1`): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export interface TokenChange {
  readonly header?: Record<string, unknown>;
  readonly claims?: JWTPayload;
  /** Claims to leave out. */
  readonly without?: readonly string[];
}

/** An identity provider, the network to it, and a gateway that trusts it; only the test advances the clock. */
export function createTokenIssuer(keys: SigningKey[], setting = `${issuer} customer-platform|other-audience`) {
  const world = {
    now: Date.UTC(2026, 0, 1),
    keys,
    /** The responses of the network, by URL. */
    answers: {} as Record<string, () => Response | Promise<Response>>,
    fetched: [] as string[],
    resolved: [] as ResolveExternalUserRequest[],
    identity: {
      user_id: 'u',
      consumer_id: 'c',
      username: 'x',
      roles: [],
      scopes: [],
      super_admin: false,
      call_limits: null,
    } as Identity,
  };
  const discovery = `${issuer}/.well-known/openid-configuration`;
  world.answers[discovery] = () => Response.json({ issuer, jwks_uri: jwksUri });
  world.answers[jwksUri] = () => Response.json({ keys: world.keys.map(({ publicJwk }) => publicJwk) });
  const clock = () => world.now;
  const issuers = openIssuers(setting, {
    log: createLogger('test', 'silent'),
    clock,
    fetch: async (url, init) => {
      world.fetched.push(url);
      if (init.redirect !== 'error') throw new Error('redirects would be followed');
      await new Promise((resolve) => setTimeout(resolve, 2));
      return world.answers[url]?.() ?? new Response('', { status: 404 });
    },
  });
  const call = (async (_rpc: unknown, request: ResolveExternalUserRequest) => {
    world.resolved.push(request);
    return world.identity;
  }) as unknown as DirectoryCall;
  const bearer = createBearerTokens({ issuers, call, clock });
  const seconds = () => Math.floor(world.now / 1_000);
  return {
    world,
    issuers,
    discovery,
    identify: (token: string) => bearer(token).identify('test'),
    refresh: (token: string) => bearer(token).refresh('test'),
    typeOf: (token: string) => bearer(token).type,
    sign(key: SigningKey, { header = {}, claims = {}, without = [] }: TokenChange = {}): Promise<string> {
      const all: JWTPayload = {
        iss: issuer,
        sub: 'subject-1',
        aud: 'customer-platform',
        iat: seconds(),
        exp: seconds() + 300,
        ...claims,
      };
      for (const name of without) delete all[name];
      return new SignJWT(all).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
    },
    /** A token with exactly these parts; its signature is not valid. */
    forge: (header: unknown, claims: unknown = {}, signature = 'c2lnbmF0dXJl') =>
      [
        header,
        typeof claims === 'object'
          ? { iss: issuer, sub: 's', aud: 'customer-platform', exp: seconds() + 300, ...claims }
          : claims,
      ]
        .map((part) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'))
        .concat(signature)
        .join('.'),
  };
}

/** The failure code with which a promise is rejected. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: Error) => error.message.slice(0, 9),
  );
}
