// Sends a running platform what HTTP clients that are not ours do with bodies and connections.
//   PLATFORM_URL
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { need, run } from '../lib/command.mjs';
import { python } from '../lib/python.mjs';

const here = dirname(fileURLToPath(import.meta.url));
need('curl', ['--version'], 'curl');
run(process.execPath, [join(here, 'curl.mjs')]);
run(python(here), [join(here, 'httpx_client.py')]);
