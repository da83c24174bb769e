// `npm run start:identity-provider`: an OpenID provider for trying bearer tokens; only for development.
import { prepare } from './prepare.mjs';

await prepare();
// In this process, so that Ctrl-C reaches it.
await import('../apps/identity-provider/dist/main.js');
