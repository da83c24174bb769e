import { parseArgs } from 'node:util';
import { prepare } from '../prepare.mjs';

/**
 * Runs a program of data care: reads its command line, prints its help, makes the checkout ready, and ends with 0 if the
 * program returns true, with 1 if it returns false or fails, and with 2 after a mistake in command line or settings.
 * @param {{help: string, options: Record<string, {type: 'boolean' | 'string'}>, operands: number[], run(operands: string[], values: any): Promise<boolean>}} program
 */
export async function runCommand({ help, options, operands, run }) {
  const { positionals, values } = read(help, { ...options, help: { type: 'boolean' } }, operands);
  try {
    await prepare();
    process.exitCode = (await run(positionals, values)) ? 0 : 1;
  } catch (error) {
    console.error(`Failed: ${error.message}`);
    process.exitCode = error.name === 'ConfigurationError' ? 2 : 1;
  }
}

function read(help, options, operands) {
  try {
    const found = parseArgs({ options, allowPositionals: true });
    if ('help' in found.values) end(0, help);
    if (!operands.includes(found.positionals.length)) throw new Error('one folder is expected');
    return found;
  } catch (error) {
    return end(2, `${error.message}\n\n${help}`);
  }
}

/** @returns {never} */
function end(code, text) {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}

export const DATABASES_HELP = `The databases are those of the services: DATABASE_URL, or one URL per service such as CUSTOMERS_DATABASE_URL (or
NAME_FILE, a file with the value of NAME). Without them it is the embedded PostgreSQL in DATA_DIR (./.data), which
may be running or not. Give URLs of PostgreSQL itself, not of a pooler.`;

export const PROGRAMS_HELP = `pg_dump and pg_restore must be at least as new as the server. They are looked for in the folder POSTGRES_BIN if it is
set; otherwise on the PATH and in Debian's /usr/lib/postgresql.`;
