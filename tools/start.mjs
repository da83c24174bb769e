// `npm start`: everything in one process, ready to be used.
import { prepare } from './prepare.mjs';

await prepare();
// In this process, so that Ctrl-C reaches it.
await import('../apps/allinone/dist/main.js');
