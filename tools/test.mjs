// `npm test`: every test, or those that the arguments choose (they are jest's own).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/workspace.mjs';
import { prepare } from './prepare.mjs';

await prepare();
const jest = spawn(
  process.execPath,
  ['--max-old-space-size=2048', join(root, 'node_modules/jest/bin/jest.js'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
// Ctrl-C also reaches jest, which stops its database; then this process ends with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && jest.kill(signal));
jest.once('exit', (code) => process.exit(code ?? 1));
