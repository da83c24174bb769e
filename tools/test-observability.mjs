// `npm run test:observability`: checks the metrics, the alerts and the configuration of Prometheus with promtool.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { withPlatform } from './lib/running-platform.mjs';
import { root } from './lib/workspace.mjs';
import { prepare } from './prepare.mjs';

const HELP = `npm run test:observability

Checks deploy/observability with promtool: the configuration, the alert rules and a test for each of them; and what a running
platform answers to GET /metrics, which must follow the conventions of Prometheus.

  PROMTOOL   path of a promtool (default: the one on the PATH; on Debian: apt-get install prometheus)
`;

if (process.argv.includes('--help')) {
  console.log(HELP);
  process.exit();
}

const folder = join(root, 'deploy/observability');
const promtool = process.env.PROMTOOL ?? 'promtool';
if (spawnSync(promtool, ['--version']).status !== 0)
  throw new Error(
    'There is no promtool on this machine: install it (on Debian: apt-get install prometheus), or name it by PROMTOOL=/path.',
  );
check(['check', 'config', 'prometheus.yml']);
check(['test', 'rules', 'alerts.test.yml']);
await prepare();
const { freePort } = await import('@platform/postgres');
const port = await freePort();
await withPlatform(
  async ({ origin, stop }) => {
    // Something to count.
    for (const path of ['/obp/v5.1.0/root', '/obp/v5.1.0/banks', '/nothing']) await (await fetch(origin + path)).text();
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    if (answer.status !== 200) throw new Error(`GET /metrics answered ${answer.status}`);
    const text = await answer.text();
    for (const name of ['obp_http_requests_total{', 'obp_rpc_server_requests_total{'])
      if (!text.includes(`\n${name}`)) throw new Error(`there is no ${name}} among the metrics`);
    const said = check(['check', 'metrics'], text);
    if (said !== '') throw new Error(`promtool check metrics says:\n${said}`);
    await stop();
  },
  { METRICS_PORT: String(port) },
);
console.log('The metrics, the alerts and the configuration are as Prometheus wants them.');

/** @returns what it said, if nothing is wrong */
function check(args, input = '') {
  const { status, stdout, stderr } = spawnSync(promtool, args, { cwd: folder, encoding: 'utf8', input });
  if (status !== 0) throw new Error(`promtool ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return `${stdout}${stderr}`.trim();
}
