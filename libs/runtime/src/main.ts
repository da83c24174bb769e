import {
  ConfigurationError,
  describeSettings,
  type Environment,
  type Faults,
  readSettings,
  type Settings,
  type Values,
  withFiles,
} from './env.js';
import { limitHeapGrowth } from './heap.js';
import { version } from './version.js';

export interface Running {
  /** Rejects when the program cannot continue. Absent: it always can. */
  readonly failed?: Promise<never>;
  /** Stops accepting work, finishes running work and frees everything. */
  close(): Promise<void>;
}

export interface Program<S extends Settings> {
  readonly name: string;
  readonly about: string;
  readonly settings: S;
  /** What is wrong with an environment for a start, though not for `migrate`. */
  startFaults?(env: Environment): Faults;
  start(values: Values<S>, env: Environment): Promise<Running>;
  /**
   * Brings its database up to date, and does nothing else.
   * @param distributes whether its tables are then distributed over the nodes of a Citus cluster
   */
  migrate?(values: Values<S>, env: Environment, distributes: boolean): Promise<void>;
}

/** Runs a program until SIGINT or SIGTERM, or until it fails: then it exits with 1. `--help` prints its settings, `--version` its version; `migrate` only migrates its database, and with `--distribute` distributes it; a bad configuration exits with 2. */
export async function runProgram<S extends Settings>(program: Program<S>): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(
      `${program.name}: ${program.about}\n\n${program.migrate === undefined ? '' : migrateHelp}  --version  tells its version\n\nSettings (environment variables; NAME_FILE names a file with the value of NAME):\n${describeSettings(program.settings)}\n`,
    );
    return;
  }
  if (process.argv.includes('--version')) {
    process.stdout.write(`${program.name} ${version}\n`);
    return;
  }
  const given = process.argv.slice(2);
  const migrates = given[0] === 'migrate' && program.migrate !== undefined;
  const distributes = migrates && given[1] === '--distribute';
  const wrong = given[distributes ? 2 : migrates ? 1 : 0];
  if (wrong !== undefined) {
    process.stderr.write(
      `${program.name}: ${wrong} is no argument; settings are environment variables, and --help lists them\n`,
    );
    process.exit(2);
  }
  // Signals are handled from the beginning: after one during the start, the program finishes the start and then stops.
  const stopped = firstSignal();
  let started = false;
  try {
    // A start that still waits for its database ends here.
    void stopped.then(() => setTimeout(() => started || process.exit(0), startAfterSignal_ms));
    const { env, faults } = withFiles(program.settings, process.env);
    const others = migrates ? [] : (program.startFaults?.(env) ?? []);
    const values = readSettings(program.settings, env, new Map([...others, ...faults]));
    if (migrates) {
      await program.migrate?.(values, env, distributes);
      process.stdout.write(`${program.name}: the database is up to date\n`);
      process.exit(0);
    }
    limitHeapGrowth();
    const running = await program.start(values, env);
    started = true;
    try {
      await Promise.race([stopped, running.failed ?? never]);
    } finally {
      await running.close();
    }
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${program.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof ConfigurationError ? 2 : 1);
  }
}

const migrateHelp = `  migrate    brings its database up to date, and does nothing else
             --distribute  then distributes its tables over the nodes of a Citus cluster
`;

/** How long a start may continue after a signal, so that it can clean up after itself. */
const startAfterSignal_ms = 5_000;

const never = new Promise<never>(() => undefined);

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const onSignal = () => {
      count += 1;
      if (count === 1) resolve();
      // A third signal exits at once.
      if (count === 3) process.exit(130);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
