import { runProgram } from '@platform/runtime';
import { banner } from './banner.js';
import { identityProviderSettings, refuseProduction } from './config.js';
import { createIdentityProvider } from './service.js';

await runProgram({
  name: 'identity-provider',
  about: 'an OpenID provider for development, on 127.0.0.1 alone: any name is that user; never for production',
  settings: identityProviderSettings,
  async start(config, env) {
    refuseProduction(env);
    const provider = await createIdentityProvider(config);
    process.stdout.write(banner(provider));
    return provider;
  },
});
