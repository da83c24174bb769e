// `npm run faults`: causes faults under load and measures their cost.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './lib/workspace.mjs';

const TABLE = join(root, '.cache/faults.md');

/** Each is the name of a test in e2e/faults. */
const PLAYS = {
  nothing: 'load alone',
  'kill-services': 'kill -9 of one replica of each service',
  'restart-services': 'every service restarted by SIGTERM, one replica after the other',
  'kill-gateways': 'kill -9 of one gateway of two',
  'restart-gateways': 'each gateway restarted by SIGTERM',
  'kill-postgres': 'kill -9 of PostgreSQL',
  'silent-postgres': 'connections to PostgreSQL that pass nothing on any more',
  ...Object.fromEntries(
    ['directory', 'customers', 'attributes', 'links', 'agents', 'events'].map((name) => [
      `stop-${name}`,
      `SIGSTOP of one replica of ${name} for 15 s`,
    ]),
  ),
  'dead-customers': 'what a list, a search and a record take without their service',
  'slow-attributes': 'records whose attributes do not come',
  clock: "one replica's clock 20 s ahead (by libfaketime where it is installed)",
  'added-replica': 'one more replica of customers behind their name',
  'small-pool': 'one database connection for commands, 64 clients',
  'upgrade-gateways-first': 'an older build replaced by this one, process by process',
  'upgrade-services-first': 'the same in the other order',
  overload: 'three times the capacity',
  'slow-clients': 'clients that do not read, and clients that send slowly',
};
const SHORT = [
  'nothing',
  'kill-services',
  'restart-services',
  'kill-gateways',
  'restart-gateways',
  'kill-postgres',
  'silent-postgres',
  'stop-customers',
  'dead-customers',
];

const HELP = `npm run faults -- [options]

Starts two replicas of every service behind two gateways, breaks something under load, and prints what it cost.
Ends non-zero where a goal is missed; docs/reliability.md says what the goals mean. About 10 minutes for all plays.

  --play NAME    this play only; may be given again
  --short        the plays marked *, with fewer rounds: 2 minutes
  --from REF     the older build of the upgrades: any commit (default: the newest tag, or else the previous commit)
  --help         this text

${Object.entries(PLAYS)
  .map(([name, about]) => `${SHORT.includes(name) ? '*' : ' '} ${name.padEnd(24)} ${about}`)
  .join('\n')}`;

const { values } = options();
const plays = values.play ?? (values.short ? SHORT : Object.keys(PLAYS));
mkdirSync(dirname(TABLE), { recursive: true });
writeFileSync(TABLE, heading());
const code = await run();
const table = readFileSync(TABLE, 'utf8');
const absent = plays.filter((name) => !table.includes(`\n| ${name}: `));
console.log(`\n${table}`);
if (absent.length > 0) console.error(`Without a result: ${absent.join(', ')}`);
process.exit(code || Number(absent.length > 0));

function options() {
  try {
    const parsed = parseArgs({
      options: {
        play: { type: 'string', multiple: true },
        short: { type: 'boolean' },
        from: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const unknown = (parsed.values.play ?? []).filter((name) => !Object.hasOwn(PLAYS, name));
    if (unknown.length > 0) throw new Error(`There is no play ${unknown.join(', ')}`);
    if (parsed.values.help) end(0, HELP);
    return parsed;
  } catch (error) {
    return end(1, `${error.message}\n\n${HELP}`);
  }
}

/** @returns {never} */
function end(status, text) {
  (status === 0 ? console.log : console.error)(text);
  process.exit(status);
}

/** The conditions of the measurement. Each test adds its row below. */
function heading() {
  return [
    `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Node ${process.versions.node}, load average before ${loadavg()[0].toFixed(1)}`,
    '',
    '| play | requests | failed | acknowledged / lost writes | p50 / p99, ms | measured, and its goal | result |',
    '|---|---|---|---|---|---|---|',
    '',
  ].join('\n');
}

/** @returns {Promise<number>} jest's exit code */
function run() {
  const env = {
    ...process.env,
    FAULTS_TABLE: TABLE,
    FAULTS_SHORT: String(values.short ?? false),
    FAULTS_FROM: values.from ?? '',
  };
  const args = [
    'tools/test.mjs',
    '--testMatch',
    '**/*.faults.ts',
    '--runInBand',
    '--testNamePattern',
    ` (${plays.join('|')})$`,
  ];
  const jest = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && jest.kill(signal));
  return new Promise((resolve) => jest.once('exit', (status) => resolve(status ?? 1)));
}
