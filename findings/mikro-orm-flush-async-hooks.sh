#!/bin/sh
# Guess    A flush has no lasting effect, and a flush with nothing to write costs nothing.
# Truth    On Node 20 and 22, after the first flush of a process, even an empty one, every `await` in the whole process takes
#          about three times as long: the flush uses an AsyncLocalStorage, and the first use of one enables Node's async
#          hooks, which are then called for every promise. Node 24 does not use these hooks here and shows no slowdown.
# Matters  A service that answers thousands of small requests a second slows down at its first command, and a benchmark with
#          only reads never shows it. `em.begin()` and `em.commit()` instead of `em.transactional()` do not help:
#          `commit()` flushes too.
# Versions @mikro-orm/core and postgresql 6.6.16 on Node 20.20.2 and 22.23.3 (three times), 24.11.1 and 24.21.0 (once)
# Date     2026-11-28
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @mikro-orm/core@6.6.16 @mikro-orm/postgresql@6.6.16 node-24@npm:node@24.11.1
cat > see.mjs <<'JS'
import { EntitySchema, MikroORM } from '@mikro-orm/postgresql';

const Item = new EntitySchema({ name: 'Item', properties: { id: { type: 'string', primary: true } } });
const orm = await MikroORM.init({ entities: [Item], dbName: 'nobody asks it', connect: false });
const nothing = async () => undefined;
const loop = async () => {
  const since = performance.now();
  for (let count = 0; count < 400_000; count += 1) await nothing();
  return performance.now() - since;
};
// The best of several: others use the machine too.
const best = async () => {
  let least = Infinity;
  for (let round = 0; round < 7; round += 1) least = Math.min(least, await loop());
  return least;
};
await best();
const before = await best();
await orm.em.fork().flush();
const times = (await best()) / before;
console.log(`Node ${process.versions.node}: an await after an empty flush costs ${times.toFixed(1)} times as much as before`);
const hooks = Number(process.versions.node.split('.')[0]) < 24;
if (hooks ? times < 1.8 : times > 1.5) process.exit(1);
JS
echo '@mikro-orm/postgresql 6.6.16'
node see.mjs
node_modules/node-24/bin/node see.mjs
