// `npm run test:events`: events under kills and outages, with a real nats-server where one is installed (on Debian:
// apt-get install nats-server). EVENTS_DOWN_SECONDS is how long the sinks are down (60); arguments are jest's own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/workspace.mjs';
import { prepare } from './prepare.mjs';

await prepare();
const jest = spawn(
  process.execPath,
  [
    join(root, 'node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
    '--testMatch',
    '**/*.events.ts',
    '--runInBand',
  ],
  { cwd: root, stdio: 'inherit' },
);
jest.once('exit', (code) => process.exit(code ?? 1));
