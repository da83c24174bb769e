// `npm run observe`: the platform in separate processes, and a Prometheus that scrapes them.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/workspace.mjs';

/** As in deploy/observability/prometheus.yml. */
const METRICS_PORT = '9400';
const HELP = `npm run observe

Starts \`npm run start:separate\` with METRICS_PORT=${METRICS_PORT} and a Prometheus with deploy/observability/prometheus.yml, which
scrapes all seven processes and evaluates the alerts. Import deploy/observability/dashboard.json into a Grafana to see more.

  PROMETHEUS       path of a Prometheus (default: the one on the PATH; on Debian: apt-get install prometheus)
  PROMETHEUS_PORT  its port (default 9090)
`;

if (process.argv.includes('--help')) {
  console.log(HELP);
  process.exit();
}

const { PROMETHEUS: prometheus = 'prometheus', PROMETHEUS_PORT: port = '9090' } = process.env;
if (spawnSync(prometheus, ['--version']).status !== 0) {
  console.error(
    `There is no Prometheus on this machine: install one (on Debian: apt-get install prometheus), or name it by PROMETHEUS=/path.`,
  );
  process.exit(1);
}
const data = join(root, '.cache/prometheus');
mkdirSync(data, { recursive: true });
const children = [
  start(process.execPath, [join(root, 'tools/start-separate.mjs')], 'inherit'),
  start(
    prometheus,
    [
      `--config.file=${join(root, 'deploy/observability/prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    'inherit',
  ),
];
console.log(`Prometheus: http://127.0.0.1:${port}/targets, alerts at http://127.0.0.1:${port}/alerts`);
// When one ends, so does the other; Ctrl-C reaches both.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop());
const codes = await Promise.all(children.map(({ ended }) => ended.then((code) => (stop(), code))));
process.exitCode = codes.find((code) => code !== 0) ?? 0;

function start(command, args, stdio) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, METRICS_PORT }, stdio, detached: true });
  return { child, ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal))) };
}

function stop() {
  for (const { child } of children) child.kill('SIGTERM');
}
