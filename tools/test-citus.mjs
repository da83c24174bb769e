// `npm run test:citus`: the tests on a Citus cluster, with distributed tables. CITUS_URL names a database of its coordinator, to
// which the nodes were added; arguments are jest's own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/workspace.mjs';
import { prepare } from './prepare.mjs';

if (!process.env.CITUS_URL) {
  process.stderr.write('CITUS_URL must name a database of the coordinator of a Citus cluster\n');
  process.exit(2);
}
await prepare();
// A database is made on every node before it can be distributed.
const options = ['--testTimeout', '120000', '--testMatch', '**/*.spec.ts', '**/*.citus.ts'];
const jest = spawn(
  process.execPath,
  [join(root, 'node_modules/jest/bin/jest.js'), ...process.argv.slice(2), ...options],
  { cwd: root, stdio: 'inherit' },
);
jest.once('exit', (code) => process.exit(code ?? 1));
