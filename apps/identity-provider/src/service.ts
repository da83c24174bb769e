import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadClientSecret } from './client-secret.js';
import { clientId, confidentialClientId, createProvider } from './provider.js';
import { createLogin } from './login.js';
import type { IdentityProviderConfig } from './config.js';

export interface IdentityProvider {
  readonly issuer: string;
  /** The setting that makes a platform trust it. */
  readonly setting: string;
  /** The client with a secret, and the file that stores the secret. */
  readonly confidential: { readonly client_id: string; readonly client_secret: string; readonly file: string };
  close(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Starts the identity provider for development, only on the loopback address of this machine. Its keys and logins are
 * lost when it stops.
 */
export async function createIdentityProvider({
  IDENTITY_PROVIDER_PORT,
  DATA_DIR,
}: IdentityProviderConfig): Promise<IdentityProvider> {
  const server = createServer();
  await listen(server, IDENTITY_PROVIDER_PORT);
  const address = `${host}:${(server.address() as AddressInfo).port}`;
  const issuer = `http://${address}`;
  const confidential = { client_id: confidentialClientId, ...loadClientSecret(DATA_DIR, confidentialClientId) };
  const provider = createProvider(issuer, confidential.client_secret);
  const login = createLogin(provider);
  const others = provider.callback();
  server.on('request', (request, response) => {
    // Refuses pages of other sites whose host name was made to resolve to this machine (DNS rebinding).
    if (request.headers.host !== address) return void response.writeHead(421).end();
    if (!/^\/interaction\//.test(request.url ?? '')) return others(request, response);
    login(request, response).catch(() => response.destroy());
  });
  return {
    issuer,
    setting: `OIDC_ISSUERS='obp-oidc=${issuer} ${clientId}|${confidentialClientId}'`,
    confidential,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
