#!/bin/sh
# Guess    `upsertMany` changes in each row only the columns given for it, as `upsert` does; other columns keep their value.
# Truth    Every row is written with the columns of the first row: a column missing in the first is ignored in the others, and
#          a column missing in another row is set to NULL there. With one `upsert` per row, only the given columns change.
# Matters  Replacing a loop of `upsert` by one `upsertMany`, for speed, erases stored values and loses new ones, without an
#          error if the column may be NULL. Group the rows by their columns, or give every row every column.
# Versions @mikro-orm/core, knex and postgresql 6.6.16, PostgreSQL as @electric-sql/pglite 0.5.14 and pglite-socket 0.2.17
# Date     2026-11-27
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @mikro-orm/core@6.6.16 @mikro-orm/postgresql@6.6.16 @electric-sql/pglite@0.5.14 @electric-sql/pglite-socket@0.2.17
cat > see.mjs <<'JS'
import assert from 'node:assert';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { EntitySchema, MikroORM } from '@mikro-orm/postgresql';

const server = new PGLiteSocketServer({ db: await PGlite.create(), host: '127.0.0.1', port: 0 });
await server.start();
const text = { type: 'string', nullable: true };
const Person = new EntitySchema({ name: 'Person', properties: { id: { type: 'string', primary: true }, phone: text, email: text } });
const orm = await MikroORM.init({ entities: [Person], clientUrl: `postgresql://postgres@${server.getServerConn()}/postgres`, pool: { min: 0, max: 1 } });
await orm.schema.createSchema();

// Made anew each time: MikroORM writes into them.
const changes = () => [{ id: 'a', email: 'new' }, { id: 'b', phone: 'new' }];
async function after(name, change) {
  await orm.em.fork().nativeDelete('Person', {});
  await orm.em.fork().insertMany('Person', ['a', 'b'].map((id) => ({ id, phone: 'old', email: 'old' })));
  await change(orm.em.fork());
  const rows = await orm.em.fork().find('Person', {}, { orderBy: { id: 'asc' } });
  const shown = rows.map(({ id, phone, email }) => `${id}: phone ${phone}, email ${email}`).join('; ');
  console.log(`${name} ${shown}`);
  return shown;
}
const one = await after('upsert, twice  ', async (em) => { for (const change of changes()) await em.upsert('Person', change); });
const many = await after('upsertMany     ', (em) => em.upsertMany('Person', changes()));
const reversed = await after('and in reverse ', (em) => em.upsertMany('Person', changes().toReversed()));
await orm.close();
await server.stop();
assert.strictEqual(one, 'a: phone old, email new; b: phone new, email old');
assert.strictEqual(many, 'a: phone old, email new; b: phone old, email null');
assert.strictEqual(reversed, 'a: phone null, email old; b: phone new, email old');
JS
echo '@mikro-orm/postgresql 6.6.16'
node see.mjs
