import { expect, it } from '@jest/globals';
import { openOrm } from '@platform/persistence';
import { createTestDatabase } from '@platform/testing';
import { database as own } from '../src/gen/database.js';

/** The SQL of older builds, which do not know kinds of tasks. */
const insertOld = (subject: string) =>
  `insert into outbox (bank_id, subject, available_at) values ('gh.29.uk', '${subject}', now())`;
const finishOld = (subject: string) => `delete from outbox where bank_id = 'gh.29.uk' and subject = '${subject}'`;

it('finds tasks of before, and those that an older build still writes, to be of the kind there was', async () => {
  const database = await createTestDatabase('kinds');
  const before = await openOrm({ url: database.url, entities: [], migrations: own.migrations.slice(0, 1) });
  await before.em.fork().execute(insertOld('one'));
  await before.close(true);

  const orm = await openOrm({ url: database.url, ...own });
  const em = orm.em.fork();
  await em.execute(insertOld('two'));
  expect(await em.execute('select subject, kind from outbox order by subject')).toEqual([
    { subject: 'one', kind: 'agent-creation' },
    { subject: 'two', kind: 'agent-creation' },
  ]);
  await em.execute(finishOld('one'));
  expect(await em.execute('select subject from outbox')).toEqual([{ subject: 'two' }]);
  await orm.close(true);
  await database.close();
});
