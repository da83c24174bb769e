export { identityProviderSettings, type IdentityProviderConfig, refuseProduction } from './config.js';
export { createIdentityProvider, type IdentityProvider } from './service.js';
