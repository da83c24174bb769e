// `npm run test:deploy`: checks what deploy/ and .github/ contain. It needs no container engine and no cluster, and starts neither.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { faultsOf } from './deploy/rendered.mjs';
import { need, run } from './lib/command.mjs';
import { python } from './lib/python.mjs';
import { outputOf } from './lib/run-step.mjs';
import { root } from './lib/workspace.mjs';
import { prepare } from './prepare.mjs';

const HELP = `npm run test:deploy

Lints the Dockerfile (hadolint), the compose file (compose-go), the workflows (actionlint) and the Helm chart (helm). Renders the
chart with its own values and with each file in its folder ci, checks each object against the schemas of two releases of
Kubernetes, and its settings, addresses, secrets and network policies against the processes.
Needs Go and Python 3 with venv. The first run compiles Helm, which takes two minutes.
`;
const GO_PROGRAMS = [
  'helm.sh/helm/v3/cmd/helm@v3.22.0',
  'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
  'github.com/compose-spec/compose-go/v2/cmd@v2.16.2',
];
/** Helm runs for a second, but its compilation with optimisations takes a third longer. */
const UNOPTIMISED = ['-ldflags=-s -w', '-gcflags=all=-N -l'];
/** The oldest that the chart supports, and the newest whose schemas are known. */
const KUBERNETES = ['1.27', '1.37'];
const chart = 'deploy/helm/customer-platform';
const programs = join(root, '.cache/deploy/bin');

if (process.argv.includes('--help')) {
  console.log(HELP);
  process.exit();
}

await prepare();
process.chdir(root);
need('go', ['version'], 'golang-go');
const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
try {
  await step('Go programs', () =>
    GO_PROGRAMS.forEach((each) => run('go', ['install', ...UNOPTIMISED, each], { GOBIN: programs })),
  );
  const packages = dirname(python(join(root, 'tools/deploy')));
  await step('the Dockerfile', () => output(join(packages, 'hadolint'), 'deploy/docker/Dockerfile'));
  await step('the compose file', () => output(join(programs, 'cmd'), 'deploy/docker/compose.yaml'));
  await step('the workflows', () => output(join(programs, 'actionlint'), '-shellcheck=', '-pyflakes='));
  const files = readdirSync(join(chart, 'ci')).map((name) => join(chart, 'ci', name));
  for (const values of [join(chart, 'values.yaml'), ...files])
    await step(`the chart with ${basename(values)}`, () => checkChart(values, join(packages, 'kubernetes-validate')));
} finally {
  rmSync(folder, { recursive: true });
}

async function checkChart(values, validate) {
  const helm = (command, ...args) => output(join(programs, 'helm'), command, ...args, '--values', values);
  await helm('lint', chart, '--strict');
  for (const version of KUBERNETES) {
    const text = await helm('template', 'release', chart, '--kube-version', version);
    const path = join(folder, 'rendered.yaml');
    writeFileSync(path, text);
    const objects = parseAllDocuments(text).map((document) => document.toJS());
    const said = await output(validate, '--strict', '--kubernetes-version', version, path);
    const checked = said.split('\n').filter((line) => line.includes(' passed ')).length;
    // The objects of the Prometheus operator have no schema there.
    if (checked === 0 || checked !== objects.filter(({ kind }) => kind !== 'PodMonitor').length) throw new Error(said);
    const faults = faultsOf(objects);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }
}

/** @throws Error with the program's output when it fails */
async function output(command, ...args) {
  const { ok, output: said } = await outputOf(command, args);
  if (!ok) throw new Error(`${basename(command)} ${args.join(' ')}:\n${said}`);
  return said;
}

async function step(name, check) {
  const started = Date.now();
  await check();
  console.log(`ok  ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
