import { ConfigurationError, type Environment, kinds, type Values } from '@platform/runtime';

export const identityProviderSettings = {
  IDENTITY_PROVIDER_PORT: { schema: kinds.port(8090), about: 'port on 127.0.0.1; 0 = any free port' },
  DATA_DIR: { schema: kinds.text('./.data'), about: "folder in which the confidential client's secret is kept" },
} as const;

export type IdentityProviderConfig = Values<typeof identityProviderSettings>;

/** Anyone who can reach this provider can log in as any user. @throws ConfigurationError in production */
export function refuseProduction(env: Environment): void {
  if (env['NODE_ENV'] === 'production')
    throw new ConfigurationError([
      'NODE_ENV is production: this identity provider asks for no password, it is for development alone',
    ]);
}
