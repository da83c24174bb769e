import { ConfigurationError, describeSettings, type Environment, readSettings, type Settings, type Values, withFiles } from './env.js';

export interface Running {
  /** Rejects when it cannot go on. Absent: it always can. */
  readonly failed?: Promise<never>;
  /** Stops taking work, finishes what runs, frees everything. */
  close(): Promise<void>;
}

export interface Program<S extends Settings> {
  readonly name: string;
  readonly about: string;
  readonly settings: S;
  start(values: Values<S>, env: Environment): Promise<Running>;
}

/** Runs a program until SIGINT or SIGTERM, or until it fails: then it exits with 1. `--help` prints its settings; a bad configuration exits with 2. */
export async function runProgram<S extends Settings>(program: Program<S>): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${program.name}: ${program.about}\n\nSettings (environment variables; NAME_FILE names a file with the value of NAME):\n${describeSettings(program.settings)}\n`);
    return;
  }
  const [unknown] = process.argv.slice(2);
  if (unknown !== undefined) {
    process.stderr.write(`${program.name}: ${unknown} is no argument; settings are environment variables, and --help lists them\n`);
    process.exit(2);
  }
  // Signals count from the first moment: one that comes during the start waits for it and then stops.
  const stopped = firstSignal();
  let started = false;
  try {
    // What still waits for its database need not be waited for.
    void stopped.then(() => setTimeout(() => started || process.exit(0), startAfterSignal_ms));
    const env = withFiles(program.settings, process.env);
    const running = await program.start(readSettings(program.settings, env), env);
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

/** How long a start that was told to stop may go on, so that it can clean up after itself. */
const startAfterSignal_ms = 5_000;

const never = new Promise<never>(() => undefined);

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const onSignal = () => {
      count += 1;
      if (count === 1) resolve();
      // Whoever insists is obeyed.
      if (count === 3) process.exit(130);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
