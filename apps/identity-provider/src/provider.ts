import { randomBytes } from 'node:crypto';
import { type Context, type Grant, interactionPolicy, Provider } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import { generateKeys } from './keys.js';
import { errorPage, pageHeaders } from './pages.js';

/** The application without a secret; also the audience of the platform's access tokens. */
export const clientId = 'customer-platform';
/** The application that can keep a secret, such as one on a server. */
export const confidentialClientId = 'customer-platform-confidential';

/** The resource for which an access token for the platform is requested; the default if none is given. */
const resource = 'urn:customer-platform';
const scopes = 'openid profile email';
const hour_s = 3_600;

/** The settings of both applications. */
const application = {
  application_type: 'native',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback'],
  id_token_signed_response_alg: 'RS256',
} as const;

/** The package's in-memory store. It prints a warning when it is used under its own class name. */
class Logins extends MemoryAdapter {}

/**
 * An OpenID provider that accepts any name as a user: authorization code for applications on this machine, with PKCE
 * for the one without a secret.
 */
export function createProvider(issuer: string, client_secret: string): Provider {
  const policy = interactionPolicy.base();
  // Without this change, native applications would ask for consent at every login.
  policy.get('consent').checks.remove('native_client_prompt');
  const provider = new Provider(issuer, {
    adapter: Logins,
    clients: [
      { ...application, client_id: clientId, token_endpoint_auth_method: 'none' },
      {
        ...application,
        client_id: confidentialClientId,
        client_secret,
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    jwks: { keys: generateKeys() },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    scopes: scopes.split(' '),
    claims: { openid: ['sub'], profile: ['given_name', 'preferred_username'], email: ['email', 'email_verified'] },
    // The platform reads ID tokens, so the claims must be in them.
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: {
      methods: ['S256'],
      required: (_ctx: unknown, client: { readonly clientAuthMethod: string }) => client.clientAuthMethod === 'none',
    },
    ttl: {
      AccessToken: hour_s,
      AuthorizationCode: 60,
      IdToken: hour_s,
      Interaction: 600,
      Session: 8 * hour_s,
      Grant: 8 * hour_s,
    },
    findAccount: (_ctx: unknown, accountId: string) => ({ accountId, claims: () => claimsOf(accountId) }),
    extraTokenClaims: (_ctx: unknown, token: { accountId?: string }) =>
      token.accountId === undefined ? undefined : claimsOf(token.accountId),
    loadExistingGrant: grantAll,
    interactions: { policy },
    clientBasedCORS: (_ctx: unknown, origin: string) => isLoopback(origin),
    renderError: (ctx: Context & { set(headers: object): void }, reasons: Record<string, unknown>) => {
      ctx.set(pageHeaders);
      ctx.body = errorPage(reasons);
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes,
          audience: clientId,
          accessTokenTTL: hour_s,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  // Applications in development listen on any port and path of this machine.
  provider.Client.prototype.redirectUriAllowed = isLoopback;
  return provider;
}

function claimsOf(name: string) {
  return {
    sub: name,
    given_name: name,
    preferred_username: name,
    email: name.includes('@') ? name : `${name}@example.com`,
    email_verified: false,
  };
}

async function grantAll({ oidc }: Context): Promise<Grant> {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope(oidc.params.scope ?? scopes);
  grant.addResourceScope(resource, scopes);
  await grant.save();
  return grant;
}

function isLoopback(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, username, password, hash } = new URL(uri);
  return (
    protocol === 'http:' &&
    ['127.0.0.1', 'localhost'].includes(hostname) &&
    username === '' &&
    password === '' &&
    hash === ''
  );
}
