// Tests how a running platform handles bodies and connections of third-party HTTP clients.
//   PLATFORM_URL
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { need, run } from '../lib/command.mjs';
import { python } from '../lib/python.mjs';

const here = dirname(fileURLToPath(import.meta.url));
need('curl', ['--version'], 'curl');
run(process.execPath, [join(here, 'curl.mjs')]);
run(python(here), [join(here, 'httpx_client.py')]);
