#!/bin/sh
# Guess    If a statement of a transaction failed, `commit()` rejects, because the row that the transaction wrote before is
#          lost.
# Truth    It resolves. PostgreSQL answers COMMIT of a failed transaction with the tag ROLLBACK and no error, and neither
#          MikroORM nor knex nor pg checks the tag: nothing is stored, and there is no error.
# Matters  Code that catches one error in a transaction ("it exists already: fine") and continues will answer 201 for a row
#          that is not stored. Roll back, or put a savepoint around the statement that may fail.
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
const Item = new EntitySchema({ name: 'Item', properties: { id: { type: 'string', primary: true } } });
const orm = await MikroORM.init({ entities: [Item], clientUrl: `postgresql://postgres@${server.getServerConn()}/postgres`, pool: { min: 0, max: 1 } });
await orm.schema.createSchema();
const begin = async (id) => {
  const em = orm.em.fork();
  await em.begin();
  await em.insert('Item', { id });
  return em;
};
await (await begin('unharmed')).commit();
const em = await begin('first');
const caught = await em.insert('Item', { id: 'first' }).catch((error) => error);
console.log(`the second insert: ${caught.constructor.name}`);
const outcome = await em.commit().then(() => 'resolved', (error) => `rejected: ${error}`);
const stored = (await orm.em.fork().find('Item', {})).map(({ id }) => id);
console.log(`commit(): ${outcome}; stored: ${stored}`);
await orm.close();
await server.stop();
assert.strictEqual(caught.constructor.name, 'UniqueConstraintViolationException');
assert.strictEqual(outcome, 'resolved');
assert.deepStrictEqual(stored, ['unharmed']);
JS
echo '@mikro-orm/postgresql 6.6.16'
node see.mjs
