import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Whether a file of a service says what its database has. @param {string} path */
export const isOfDatabase = (path) => /\/src\/.*(\.entity|\/migrations\/[^/]+)\.ts$/.test(path);

/**
 * Writes src/gen/database.ts of each service that has migrations: its entities, which are those that its `.entity.ts` files
 * declare, and its migrations in the order of their names. A published migration never changes; to undo one, a new one is added.
 * @param {string} apps the folder of the services
 * @param {string} header the first lines of generated files
 */
export function writeDatabases(apps, header) {
  const services = readdirSync(apps).filter((name) => existsSync(join(apps, name, 'src/migrations')));
  for (const service of services) {
    const src = join(apps, service, 'src');
    const gen = join(src, 'gen');
    mkdirSync(gen, { recursive: true });
    writeFileSync(join(gen, 'database.ts'), header + databaseSource(gen, entitiesOf(src), migrationsOf(src)));
  }
}

function entitiesOf(src) {
  return filesBelow(src, '.entity.ts').flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/^export const (\w+Schema) = /gm)].map(([, name]) => ({ path, name })),
  );
}

function migrationsOf(src) {
  return filesBelow(join(src, 'migrations'), '.ts').map((path) => {
    const [, exported] = /^export class (\w+) extends Migration/m.exec(readFileSync(path, 'utf8')) ?? [];
    if (exported === undefined) throw new Error(`${path} declares no migration`);
    return { path, exported };
  });
}

function databaseSource(gen, entities, migrations) {
  const from = (path) => {
    const relation = relative(gen, path).replaceAll('\\', '/').replace(/\.ts$/, '.js');
    return relation.startsWith('.') ? relation : `./${relation}`;
  };
  const nameOf = (path) => path.replace(/^.*[\\/]/, '').replace(/\.ts$/, '');
  return [
    "import type { MigrationStep } from '@platform/persistence';",
    ...entities.map(({ path, name }) => `import { ${name} } from '${from(path)}';`),
    '',
    'const migrations: readonly MigrationStep[] = [',
    ...migrations.map(
      ({ path, exported }) =>
        `  { name: '${nameOf(path)}', load: async () => (await import('${from(path)}')).${exported} },`,
    ),
    '];',
    '',
    "/** The service's own database: the entities that commands load, and the migrations. */",
    `export const database = { entities: [${entities.map(({ name }) => name).join(', ')}], migrations } as const;`,
    '',
  ].join('\n');
}

function filesBelow(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith(ending) && !path.endsWith('.spec.ts'))
    .map((path) => join(folder, path))
    .sort();
}
