import { parseArgs } from 'node:util';

/** The measured operations, in this order: creates come last because they make the table grow. */
export const OPERATIONS = {
  get: 'GET by id',
  list: 'list of 50',
  attributes: 'attributes',
  overview: 'overview',
  create: 'create',
  link: 'link user',
};

/** How the platform runs: a process for each service from the build or from its bundle, or the one of `npm start`. */
export const MODES = ['separate', 'bundles', 'one-process'];

const SETTINGS = /** @type {const} */ ({
  mode: { type: 'string', default: 'separate', about: `how the platform runs: ${MODES.join(', ')}` },
  rows: { type: 'string', default: '100000', about: 'customers to load' },
  seconds: { type: 'string', default: '5', about: 'length of one measurement' },
  rounds: { type: 'string', default: '2', about: 'measurements of each contestant, taken in turns' },
  connections: { type: 'string', default: '1,16,64', about: 'connections at once, separated by commas' },
  only: {
    type: 'string',
    default: Object.keys(OPERATIONS).join(','),
    about: 'operations to measure, separated by commas',
  },
  starts: { type: 'string', default: '3', about: 'starts of each process alone to time; 0 for none' },
  report: { type: 'string', default: '.cache/bench.json', about: 'file for the figures' },
  compare: { type: 'string', default: '', about: 'report of another run, to set its p50 beside those of this one' },
  profile: { type: 'string', default: '', about: 'folder for a CPU profile of each process (these runs are slower)' },
  help: { type: 'boolean', default: false, about: 'this text' },
});

/** Reads the command line; ends the process after --help or a mistake. */
export function readOptions(args = process.argv.slice(2)) {
  try {
    // Each option is given once, so no value is a list.
    const values = /** @type {any} */ (parseArgs({ args, options: SETTINGS }).values);
    if (values.help) end(0, helpText());
    return {
      mode: oneOf(MODES, 'mode', values.mode),
      rows: whole(values, 'rows', 1_000, 10_000_000),
      seconds: whole(values, 'seconds', 1, 600),
      rounds: whole(values, 'rounds', 1, 20),
      connections: values.connections.split(',').map((text) => whole({ connections: text }, 'connections', 1, 1_000)),
      operations: chosen(values.only.split(',')),
      starts: whole(values, 'starts', 0, 20),
      report: values.report,
      compare: values.compare,
      profile: values.profile,
    };
  } catch (error) {
    return end(1, `${error.message}\n\n${helpText()}`);
  }
}

function whole(values, name, least, most) {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
  return value;
}

function oneOf(known, name, value) {
  if (!known.includes(value)) throw new Error(`--${name} is one of ${known.join(', ')}`);
  return value;
}

function chosen(names) {
  const operations = Object.keys(OPERATIONS);
  if (!names.every((name) => operations.includes(name))) throw new Error(`--only knows ${operations.join(', ')}`);
  return operations.filter((name) => names.includes(name));
}

function helpText() {
  const lines = Object.entries(SETTINGS).map(([name, { type, default: value, about }]) => {
    const usual = type === 'string' && value !== '' ? ` (${value})` : '';
    return `  --${name.padEnd(12)} ${about}${usual}`;
  });
  return `npm run bench -- [options]

Compares the platform with one small fastify and pg process that serves the same answers from the same tables. Prints
requests per second, latencies and CPU per request; the first page of a list beside the deepest; reads by id alone and
beside a long list, whose reader takes 40 Mbit/s; resident memory after the run; and how long each process takes
to start.

As it stands a run takes about 8 minutes on two processors; with --rows 1000000 2 minutes more, most of them to load.
--report and --compare set two runs side by side.

${lines.join('\n')}`;
}

/** @returns {never} */
function end(code, text) {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}
