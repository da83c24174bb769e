import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { serviceNames, tour } from '@platform/allinone';
import { createOpen } from './open.js';
import { type Program, root, startProgram } from './program.js';
import { createRest } from './rest.js';
import { sql } from './sql.js';
import { createStack, emptyDatabases, secrets, type Service } from './stack.js';
import { paste, touredCustomer } from './tour.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const all: readonly Service[] = [...serviceNames, 'gateway'];
/** An account that owns nothing, if this process may switch to another account. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const { opened, closeAll } = createOpen();
let place: string;
let databases: Awaited<ReturnType<typeof emptyDatabases>>;
/** The folder of each bundle: outside the repository's packages, and not writable by that account. */
const folderOf = (service: Service): string => join(place, service);
const start = (service: Service, settings: Record<string, string>, args: readonly string[] = []): Program =>
  startProgram('main.mjs', settings, args, folderOf(service), nobody);

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'bundles-'));
  databases = await emptyDatabases();
  for (const service of all) {
    const built = mkdtempSync(join(tmpdir(), 'bundle-'));
    execFileSync(process.execPath, ['tools/bundle.mjs', service, built], { cwd: root });
    cpSync(built, folderOf(service), { recursive: true });
    rmSync(built, { recursive: true });
  }
  for (const path of [
    place,
    ...readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => join(place, name)),
  ])
    chmodSync(path, statSync(path).isDirectory() ? 0o555 : 0o444);
});
afterAll(async () => {
  await closeAll();
  await databases.close();
  for (const path of [
    place,
    ...readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => join(place, name)),
  ])
    if (statSync(path).isDirectory()) chmodSync(path, 0o755);
  rmSync(place, { recursive: true, force: true });
});

describe('a bundle', () => {
  it.each(all)('of %s is small, and names what it is made of', (service) => {
    const files = readdirSync(folderOf(service), { recursive: true, encoding: 'utf8' });
    const bytes = files.reduce((sum, name) => sum + statSync(join(folderOf(service), name)).size, 0);
    expect(bytes).toBeLessThan(15_000_000);
    expect(files).toContain('main.mjs.map');
    const { components } = JSON.parse(readFileSync(join(folderOf(service), 'sbom.json'), 'utf8')) as {
      components: { name: string; version: string }[];
    };
    const named = components.map(({ name, version }) => `${name} ${version} (`);
    expect(named.length).toBeGreaterThan(30);
    const licenses = readFileSync(join(folderOf(service), 'LICENSES.txt'), 'utf8').split('\n');
    for (const one of named) expect(licenses.some((line) => line.startsWith(one))).toBe(true);
    expect(existsSync(join(folderOf(service), 'node_modules'))).toBe(service === 'directory');
  });

  it.each(all)('of %s tells its version and its settings', async (service) => {
    const [version, help] = [opened(start(service, {}, ['--version'])), opened(start(service, {}, ['--help']))];
    expect([await version.ended(), await help.ended()]).toEqual([0, 0]);
    expect(version.output()).toBe(`${service} 0.1.0\n`);
    expect(help.output()).toContain('Settings (environment variables');
  });

  it.each(serviceNames)('of %s migrates its database and ends', async (service) => {
    const settings = {
      ...databases.env,
      CALLER_SECRET: 'shared by all processes of this one test',
      JOURNAL_KEY: 'protects the journals of this one test',
      ADMIN_PASSWORD: secrets.admin_password,
      CONSUMER_KEY: secrets.consumer_key,
      CONSUMER_SECRET: secrets.consumer_secret,
    };
    const program = opened(start(service, settings, ['migrate']));
    expect([await program.ended(), program.output()]).toEqual([0, `${service}: the database is up to date\n`]);
    expect(
      (await sql(databases.env[`${service.toUpperCase()}_DATABASE_URL`] as string, 'select name from migration'))
        .length,
    ).toBeGreaterThan(0);
  });

  it('of each serves with those of the others, away from the repository, read-only, as somebody else', async () => {
    const stack = opened(await createStack(databases.env, 1, (service, settings) => start(service, settings)));
    await stack.startAll();
    const shown = { ...secrets, generated: [], file: '' };
    expect(touredCustomer(await paste(tour(stack.origin, shown as never)))).toMatchObject({
      legal_name: 'Eveline Tripman',
    });
    const rest = opened(createRest(stack.origin));
    for (const path of ['/', '/explorer/main.js', '/explorer/swagger-ui.css'])
      expect([path, (await fetch(`${stack.origin}${path}`)).status]).toEqual([path, 200]);
    expect((await rest.send('GET', '/readyz')).status).toBe(200);
    for (const service of all) {
      const port = stack.env[`${service.toUpperCase()}_ADDRESS`]?.split(':')[1] ?? '';
      const settings = { ...stack.env, [`${service.toUpperCase()}_PORT`]: port };
      const health = opened(startProgram('health.mjs', settings, [], folderOf(service), nobody));
      expect([await health.ended(), health.output()]).toEqual([0, `${service}: serving\n`]);
    }
  });
});
