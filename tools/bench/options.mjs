import { parseArgs } from 'node:util';

/** What is measured, in this order: creates come last because they make the table grow. */
export const OPERATIONS = { get: 'GET by id', list: 'list of 50', attributes: 'attributes', overview: 'overview', create: 'create', link: 'link user' };

const SETTINGS = {
  rows: { type: 'string', default: '100000', about: 'customers to load' },
  seconds: { type: 'string', default: '5', about: 'length of one measurement' },
  rounds: { type: 'string', default: '2', about: 'measurements of each contestant, taken in turns' },
  connections: { type: 'string', default: '1,16,64', about: 'connections at once, separated by commas' },
  only: { type: 'string', default: Object.keys(OPERATIONS).join(','), about: 'operations to measure, separated by commas' },
  profile: { type: 'string', default: '', about: 'folder for a CPU profile of each process (these runs are slower)' },
  help: { type: 'boolean', default: false, about: 'this text' },
};

/** Reads the command line; ends the process after --help or a mistake. */
export function readOptions(args = process.argv.slice(2)) {
  try {
    const { values } = parseArgs({ args, options: SETTINGS });
    if (values.help) end(0, helpText());
    return {
      rows: whole(values, 'rows', 1_000, 10_000_000),
      seconds: whole(values, 'seconds', 1, 600),
      rounds: whole(values, 'rounds', 1, 20),
      connections: values.connections.split(',').map((text) => whole({ connections: text }, 'connections', 1, 1_000)),
      operations: chosen(values.only.split(',')),
      profile: values.profile,
    };
  } catch (error) {
    return end(1, `${error.message}\n\n${helpText()}`);
  }
}

function whole(values, name, least, most) {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < least || value > most) throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
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

Compares the platform, each service its own process, with one small fastify and pg process that serves the same
answers from the same tables. Prints requests per second, latencies and CPU per request; writes .cache/bench.json.

${lines.join('\n')}`;
}

function end(code, text) {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}
