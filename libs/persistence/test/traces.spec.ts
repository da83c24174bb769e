import { defineEntity, type MikroORM, p } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Migration } from '@mikro-orm/migrations';
import type { Scope, Span } from '@platform/telemetry';
import { createTestDatabase, type TestDatabase } from '@platform/testing';
import { autocommit, command, createReader, createWriter, insertionOf, openOrm, ormIn } from '../src/index.js';

class CreateThing extends Migration {
  override up(): void {
    this.addSql('create table thing (bank_id text, id text, size int not null, primary key (bank_id, id))');
    this.addSql(`insert into thing select 'b', id, 0 from unnest(array['a', 'c']) id`);
  }
}
const thing = defineEntity({
  name: 'Thing',
  properties: { bank_id: p.text().primary(), id: p.text().primary(), size: p.integer() },
});

/** The spans that ended, each with its error and the number of its links. */
const ended: string[] = [];
beforeEach(() => void ended.splice(0));
function spanOf(name: string): Span {
  return {
    headers: { traceparent: '', tracestate: '' },
    child: (child, _kind, _attributes, links) => spanOf(links.length === 0 ? child : `${child} +${links.length}`),
    rename: () => undefined,
    end: ({ error } = {}) => void ended.push(error === undefined ? name : `${name}: ${error}`),
  };
}
const scopeOf = (name: string): Scope => ({ span: spanOf(name), links: [] });
const scope = scopeOf('request');

let database: TestDatabase;
let orm: MikroORM;
beforeAll(async () => {
  database = await createTestDatabase('traces');
  const migrations = [{ name: '1-create-thing', load: async () => CreateThing }];
  orm = await openOrm({ url: database.url, entities: [thing], migrations, pool: 1 });
});
afterAll(async () => {
  await orm.close(true);
  await database.close();
});

describe('the statements of a traced command', () => {
  it('are in its trace, from the beginning of the transaction to its end', async () => {
    await command(ormIn(orm, scope), {}, async (em) => {
      const one = await em.findOneOrFail(thing, { bank_id: 'b', id: 'a' });
      one.size = 1;
      await em.execute('delete from thing where id = ?', ['nothing']);
    });
    expect(ended).toEqual(['begin', 'select thing', 'delete thing', 'update thing', 'commit']);
  });

  it('are in its trace without a transaction too, with the kind of error', async () => {
    const own = ormIn(orm, scope);
    await autocommit(own, {}, (em) => em.nativeUpdate(thing, { bank_id: 'b', id: 'a' }, { size: 2 }));
    await autocommit(own, {}, (em) => em.createQueryBuilder(thing).select('*').execute());
    await expect(autocommit(own, {}, (em) => em.execute('select size / 0 from thing'))).rejects.toThrow();
    expect(ended).toEqual(['update thing', 'select thing', 'select thing: 22012']);
  });

  it('of another command on the same connection are not', async () => {
    await command(ormIn(orm, scope), {}, async () => undefined);
    ended.splice(0);
    await command(orm, {}, (em) => em.nativeUpdate(thing, { bank_id: 'b', id: 'a' }, { size: 3 }));
    expect(ended).toEqual([]);
  });
});

it('a traced read is in its trace, by its name', async () => {
  const reader = createReader(database.url, 1);
  await reader.in(scope).rows({ name: 'one', text: 'select 1', values: [] });
  await reader.in(scope).page({ text: "select 'x' from thing", values: [] });
  await reader.rows({ name: 'two', text: 'select 2', values: [] });
  expect(ended).toEqual(['one', 'select']);
  await reader.close();
});

it('an insert of several traced rows is in the trace of the first, and linked to the others', async () => {
  const writer = createWriter(database.url, { connections: 1 });
  const things = insertionOf(orm, thing, { unique: ['bank_id', 'id'] });
  const row = (id: string) => ({ bank_id: 'b', id, size: 0 });
  await Promise.all([
    writer.insert(things, row('x')),
    ...['y', 'z'].map((id) => writer.in(scopeOf(id)).insert(things, row(id))),
  ]);
  expect(ended).toEqual([expect.stringMatching(/^insert-thing.* \+1$/)]);
  await writer.close();
});
