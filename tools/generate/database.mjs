import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const HEADER =
  '// Generated from *.entity.ts and migrations/ by tools/generate.mjs. Do not edit.\n/* eslint-disable */\n';

/**
 * Writes src/gen/database.ts of a service: its entities, which are those that its `.entity.ts` files declare, and its migrations
 * in the order of their names. A published migration never changes; to undo one, a new one is added.
 * @param {string} folder the service's folder
 */
export function writeDatabase(folder) {
  const src = join(folder, 'src');
  const gen = join(src, 'gen');
  mkdirSync(gen, { recursive: true });
  writeFileSync(join(gen, 'database.ts'), HEADER + databaseSource(gen, entitiesOf(src), migrationsOf(src)));
  return [];
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
