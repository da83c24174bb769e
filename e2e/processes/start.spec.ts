import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { eventually } from '@platform/testing';
import { createDataFolder, type DataFolder } from './folder.js';
import { freePorts } from './free-ports.js';
import { isAlive, type Program, startProgram } from './program.js';
import { createOpen } from './open.js';
import { openSession, createAndRead } from './session.js';
import { paste, printedSecrets, printedTour, touredCustomer } from './tour.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const ready = 'The platform is ready.';
const { opened, closeAll } = createOpen();
afterEach(closeAll);

/** Starts everything with a data folder and its own port. */
async function start(
  folder: DataFolder,
  env: Record<string, string> = {},
): Promise<Program & { readonly origin: string }> {
  const { PORT } = await freePorts('PORT');
  const program = opened(startProgram('tools/start.mjs', { PORT, DATA_DIR: folder.path, ...env }));
  return { ...program, origin: `http://127.0.0.1:${PORT}` };
}

async function readyAfter(program: Program, limit_ms: number): Promise<number> {
  const since = Date.now();
  await program.said('Ctrl-C stops everything', limit_ms);
  return Date.now() - since;
}

describe('npm start', () => {
  it('starts on nothing, prints commands that work, stops at Ctrl-C, and keeps the data', async () => {
    const folder = opened(createDataFolder());
    const first = await start(folder);
    const first_ms = await readyAfter(first, 20_000);
    expect(first.output()).toContain(ready);
    expect(first.output()).toContain(`${first.origin}/obp/v5.1.0`);
    const secrets = printedSecrets(first.output());

    const toured = touredCustomer(await paste(printedTour(first.output())));
    expect(toured).toMatchObject({
      legal_name: 'Eveline Tripman',
      bank_id: 'gh.29.uk',
      date_of_birth: '1990-05-15T00:00:00Z',
    });
    const before = opened(await openSession(first.origin, secrets));
    const customer_id = await createAndRead(before);
    const customer = (await before.read(customer_id)).body;

    const server = folder.serverPid() as number;
    expect(isAlive(server)).toBe(true);
    first.interrupt();
    expect(await first.ended()).toBe(0);
    expect(isAlive(server)).toBe(false);

    const second = await start(folder);
    const later_ms = await readyAfter(second, 10_000);
    process.stderr.write(`npm start: ready after ${first_ms} ms the first time, ${later_ms} ms later\n`);
    expect(second.output()).not.toContain(secrets.admin_password);
    expect(second.output()).not.toContain(secrets.consumer_key);
    const session = opened(await openSession(second.origin, secrets));
    expect(await session.read(customer_id)).toMatchObject({ status: 200, body: customer });
  });

  it('ends with an error when its PostgreSQL ends, and keeps what was written', async () => {
    const folder = opened(createDataFolder());
    const first = await start(folder);
    await readyAfter(first, 20_000);
    const secrets = printedSecrets(first.output());
    const customer_id = await createAndRead(opened(await openSession(first.origin, secrets)));
    process.kill(folder.serverPid() as number, 'SIGKILL');
    expect(await first.ended()).toBe(1);
    expect(first.output()).toContain('the embedded PostgreSQL ended (SIGKILL)');

    const second = await start(folder);
    await readyAfter(second, 20_000);
    expect(await opened(await openSession(second.origin, secrets)).read(customer_id)).toMatchObject({ status: 200 });
  });

  it('refuses a folder in use by name, and harms neither it nor, after a kill, its data', async () => {
    const folder = opened(createDataFolder());
    const first = await start(folder);
    await readyAfter(first, 20_000);
    const secrets = printedSecrets(first.output());
    const session = opened(await openSession(first.origin, secrets));

    const second = await start(folder);
    expect(await second.ended()).toBe(1);
    expect(second.output()).toContain(folder.path);
    expect(second.output()).toContain(`pid ${first.pid}`);
    const customer_id = await createAndRead(session);

    first.signal('SIGKILL');
    expect(await first.ended()).toBe('SIGKILL');
    const third = await start(folder);
    await readyAfter(third, 10_000);
    const again = opened(await openSession(third.origin, secrets));
    expect(await again.read(customer_id)).toMatchObject({ status: 200, body: { customer_id } });
  });

  it('stops at Ctrl-C while it is starting', async () => {
    const folder = opened(createDataFolder());
    const program = await start(folder);
    await eventually(15_000, 'PostgreSQL to start', () => folder.serverPid() !== undefined);
    program.interrupt();
    // It ends cleanly: the start is finished first.
    expect(await program.ended(20_000)).toBe(0);
    expect(folder.serverPid()).toBeUndefined();
  });

  it('runs beside another one with nothing but a port and a folder of its own', async () => {
    const first = await start(opened(createDataFolder()));
    await readyAfter(first, 20_000);
    const second = await start(opened(createDataFolder()));
    await readyAfter(second, 20_000);
    const sessions = await Promise.all(
      [first, second].map(async ({ origin, output }) => opened(await openSession(origin, printedSecrets(output())))),
    );
    const ids = await Promise.all(sessions.map(createAndRead));
    // Each platform has its own customers.
    expect(
      await Promise.all(sessions.map(async (session, at) => (await session.read(ids[1 - at] as string)).status)),
    ).toEqual([404, 404]);
  });

  it.each(['PORT', 'DIRECTORY_PORT', 'AGENTS_PORT'])(
    'says in one line that the port that %s asks for is in use, and stops what it had started',
    async (name) => {
      const folder = opened(createDataFolder());
      const { port } = await freePorts('port');
      const other = createServer().listen(Number(port), '127.0.0.1');
      opened({ close: () => new Promise<void>((resolve) => other.close(() => resolve())) });
      const program = await start(folder, { [name]: port });
      expect(await program.ended(20_000)).toBe(1);
      // Nothing else was printed since the start, on standard output or standard error.
      const [, said] = program.output().split('starting …\n');
      expect(said).toBe(`customer-platform: port ${port} is in use: set ${name} to another one\n`);
      await eventually(2_000, 'PostgreSQL to end', () => folder.serverPid() === undefined);
    },
  );

  it('gives a service the port that is asked for', async () => {
    const { LINKS_PORT } = await freePorts('LINKS_PORT');
    const program = await start(opened(createDataFolder()), { LINKS_PORT });
    await readyAfter(program, 20_000);
    expect(program.output()).toContain(`links :${LINKS_PORT},`);
  });
});

describe('the configuration of npm start', () => {
  async function refused(
    env: Record<string, string>,
  ): Promise<{ code: number | string; output: string; files: string[] }> {
    const folder = opened(createDataFolder());
    const program = opened(startProgram('tools/start.mjs', { DATA_DIR: folder.path, ...env }));
    const code = await program.ended();
    return { code, output: program.output(), files: readdirSync(folder.path) };
  }

  it('names every fault at once, touching nothing and showing no secret', async () => {
    const faulty = {
      PORT: 'eighty',
      DIRECTORY_PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://127.0.0.1',
      BODY_LIMIT: '-1',
      ADMIN_USERNAME: 'me',
      ADMIN_PASSWORD: 'feeble',
      CONSUMER_KEY: 'sixteen and blanks',
      CALLER_SECRET: 'tiny',
    };
    const { code, output, files } = await refused(faulty);
    expect(code).toBe(2);
    for (const name of Object.keys(faulty)) expect(output).toContain(`- ${name}`);
    expect(output).not.toMatch(/feeble|sixteen and blanks|tiny/);
    expect(files).toEqual([]);
  });

  it('refuses production without secrets, naming them', async () => {
    const { code, output, files } = await refused({ NODE_ENV: 'production' });
    expect(code).toBe(2);
    for (const name of ['ADMIN_PASSWORD', 'CONSUMER_KEY', 'CONSUMER_SECRET', 'CALLER_SECRET'])
      expect(output).toContain(`${name} must be set when NODE_ENV=production`);
    expect(files).toEqual([]);
  });

  it('refuses what is no argument of its', async () => {
    const program = opened(startProgram('tools/start.mjs', {}, ['--port', '1']));
    expect(await program.ended()).toBe(2);
    expect(program.output()).toContain(
      '--port is no argument; settings are environment variables, and --help lists them',
    );
  });

  it('lists every setting at --help', async () => {
    const program = opened(startProgram('tools/start.mjs', {}, ['--help']));
    expect(await program.ended()).toBe(0);
    for (const name of [
      'HOST',
      'PORT',
      'DATA_DIR',
      'DATABASE_URL',
      'DIRECTORY_DATABASE_URL',
      'CUSTOMERS_DATABASE_URL',
      'DIRECTORY_PORT',
      'CUSTOMERS_PORT',
      'ADMIN_USERNAME',
      'ADMIN_PASSWORD',
      'CONSUMER_KEY',
      'CONSUMER_SECRET',
      'CALLER_SECRET',
      'LOG_LEVEL',
    ]) {
      expect(program.output()).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });
});
