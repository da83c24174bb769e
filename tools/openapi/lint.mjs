// Lints the API's documents: OpenAPI 3.1 and 3.0 with Redocly and Spectral, Swagger 2.0 with Spectral. Errors fail.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { here, makeDocuments } from './documents.mjs';

const made = await makeDocuments('https://api.platform.test');
try {
  const results = [
    ['OpenAPI 3.1', 'redocly', await redocly(made.paths.openapi)],
    ['OpenAPI 3.1', 'spectral', await spectral(made.paths.openapi)],
    ['OpenAPI 3.0', 'redocly', await redocly(made.paths.openapi30)],
    ['OpenAPI 3.0', 'spectral', await spectral(made.paths.openapi30)],
    ['Swagger 2.0', 'spectral', await spectral(made.paths.swagger)],
  ];
  for (const [document, tool, problems] of results) report(document, tool, problems);
  const failed = results.some(([, , problems]) => problems.some(({ level }) => level === 'error'));
  process.exitCode = failed ? 1 : 0;
} finally {
  made.remove();
}

function report(document, tool, problems) {
  const count = (wanted) => problems.filter(({ level }) => level === wanted).length;
  console.log(`${document}, ${tool}: ${count('error')} errors, ${count('warning')} warnings`);
  for (const { level, rule, message, at } of problems) console.log(`  ${level} ${rule} ${at}: ${message}`);
}

async function redocly(path) {
  const output = await run(
    '@redocly/cli/bin/cli.js',
    'lint',
    path,
    '--config',
    join(here, 'redocly.yaml'),
    '--format',
    'json',
    '--max-problems',
    '1000',
  );
  return JSON.parse(output).problems.map(({ severity, ruleId, message, location }) => ({
    level: severity === 'error' ? 'error' : 'warning',
    rule: ruleId,
    message,
    at: location[0]?.pointer ?? '',
  }));
}

async function spectral(path) {
  const output = await run(
    '@stoplight/spectral-cli/dist/index.js',
    'lint',
    path,
    '--ruleset',
    join(here, 'spectral.yaml'),
    '--format',
    'json',
    '--quiet',
  );
  return JSON.parse(output).map(({ severity, code, message, path: at }) => ({
    level: severity === 0 ? 'error' : 'warning',
    rule: String(code),
    message,
    at: at.join('/'),
  }));
}

/** A tool's output; its exit code adds nothing to the listed problems. @throws Error when it prints no JSON */
function run(tool, ...args) {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const child = spawn(process.execPath, [join(here, 'node_modules', tool), ...args], { cwd: here, env });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    child[stream].setEncoding('utf8').on('data', (text) => (printed[stream] += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      const json = printed.stdout.trim();
      if (/^[[{]/.test(json)) resolve(json);
      else reject(new Error(`${tool} said:\n${printed.stdout}${printed.stderr}`));
    });
  });
}
