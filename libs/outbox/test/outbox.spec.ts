import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Migration } from '@mikro-orm/migrations';
import type { MikroORM } from '@mikro-orm/postgresql';
import { command, openOrm } from '@platform/persistence';
import { createLogger } from '@platform/runtime';
import { createTestDatabase, type TestDatabase } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOutbox, type Outbox, type OutboxOptions, outboxTable, type Task } from '../src/index.js';

class CreateOutbox extends Migration {
  override up(): void {
    this.addSql(outboxTable);
  }
}

const task: Task = { bank_id: 'gh.29.uk', subject: 'one' };
const log = createLogger('test', 'silent');

let database: TestDatabase;
let orm: MikroORM;
let outboxes: Outbox[];

beforeEach(async () => {
  database = await createTestDatabase('outbox');
  orm = await openOrm({ url: database.url, entities: [], migrations: [{ name: 'outbox', load: async () => CreateOutbox }] });
  outboxes = [];
});
afterEach(async () => {
  await Promise.all(outboxes.map((outbox) => outbox.close()));
  await orm.close(true);
  await database.close();
});

function open(deliver: OutboxOptions['deliver'], options: Partial<OutboxOptions> = {}): Outbox {
  const outbox = createOutbox({ orm, log, deliver, poll_ms: 20, ...options });
  outboxes.push(outbox);
  return outbox;
}

const append = (outbox: Outbox, ...tasks: Task[]) =>
  command(orm, {}, async (em) => {
    for (const one of tasks) await outbox.append(em, one);
  });

const pending = () => orm.em.fork().execute<{ subject: string }[]>('select subject from outbox order by subject');

async function eventually(check: () => Promise<boolean> | boolean, within_ms = 5_000): Promise<void> {
  for (const end = Date.now() + within_ms; !(await check()); ) {
    if (Date.now() > end) throw new Error(`not within ${within_ms} ms`);
    await sleep(10);
  }
}

describe('the outbox', () => {
  it('does a task once when its writer settles it', async () => {
    const done: Task[] = [];
    const outbox = open(async (one) => void done.push(one));
    await append(outbox, task);
    expect(await outbox.settle(task, 'c')).toBe(true);
    expect(done).toEqual([task]);
    expect(await pending()).toEqual([]);
    expect(await outbox.settle(task, 'c')).toBe(false);
    expect(done).toHaveLength(1);
  });

  it('has no task of a transaction that was rolled back', async () => {
    const done: Task[] = [];
    const outbox = open(async (one) => void done.push(one), { lease_ms: 0 });
    const failing = command(orm, {}, async (em) => {
      await outbox.append(em, task);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await sleep(100);
    expect([done, await pending()]).toEqual([[], []]);
    expect(await outbox.settle(task, 'c')).toBe(false);
  });

  it('does what its writer never settled, as after its death', async () => {
    const done: Task[] = [];
    const dead = open(async () => undefined, { lease_ms: 100, poll_ms: 60_000 });
    await append(dead, task);
    open(async (one) => void done.push(one));
    await eventually(() => done.length > 0);
    expect(done).toEqual([task]);
    await eventually(async () => (await pending()).length === 0);
  });

  it('leaves a task to its writer as long as the lease lasts', async () => {
    const done: Task[] = [];
    const outbox = open(async (one) => void done.push(one), { lease_ms: 60_000 });
    await append(outbox, task);
    await sleep(200);
    expect(done).toEqual([]);
    expect(await outbox.settle(task, 'c')).toBe(true);
  });

  it('tells who settles what went wrong, and goes on by itself', async () => {
    let faults = 2;
    const correlations: string[] = [];
    const outbox = open(async (_task, correlation_id) => {
      correlations.push(correlation_id);
      if (faults-- > 0) throw new Error('the receiver is down');
    });
    await append(outbox, task);
    await expect(outbox.settle(task, 'mine')).rejects.toThrow('the receiver is down');
    expect((await pending()).length).toBe(1);
    await eventually(async () => (await pending()).length === 0);
    expect(correlations).toEqual(['mine', 'outbox-one', 'outbox-one']);
  });

  it('shares many tasks among replicas, each done once', async () => {
    const done: string[] = [];
    const writer = open(async () => undefined, { lease_ms: 0, poll_ms: 60_000 });
    await sleep(50);
    const tasks = Array.from({ length: 45 }, (_, n) => ({ bank_id: 'gh.29.uk', subject: `t${n}` }));
    await append(writer, ...tasks);
    for (let replica = 0; replica < 3; replica += 1) open(async ({ subject }) => void done.push(subject));
    await eventually(async () => (await pending()).length === 0);
    expect(done.sort()).toEqual(tasks.map(({ subject }) => subject).sort());
  });

  it('does not let one task that fails hold up the others', async () => {
    const done: string[] = [];
    const outbox = open(
      async ({ subject }) => {
        if (subject === 'bad') throw new Error('never');
        done.push(subject);
      },
      { lease_ms: 0 },
    );
    await append(outbox, { bank_id: 'a', subject: 'bad' }, { bank_id: 'a', subject: 'good' });
    await eventually(async () => done.includes('good') && (await pending()).length === 1);
    expect(await pending()).toEqual([{ subject: 'bad' }]);
  });

  it('finishes what runs before it closes, and takes nothing up after', async () => {
    let finished = false;
    let started = false;
    const outbox = open(
      async () => {
        started = true;
        await sleep(150);
        finished = true;
      },
      { lease_ms: 0 },
    );
    await append(outbox, task);
    await eventually(() => started);
    await outbox.close();
    expect(finished).toBe(true);
    expect(await pending()).toEqual([]);
    await append(outbox, task);
    await sleep(100);
    expect((await pending()).length).toBe(1);
  });

  it('says nothing of a database that is away, which has its own line in the log, but of anything else', async () => {
    const said: unknown[] = [];
    const loud = { ...log, warn: (_: unknown, text: unknown) => void said.push(text) } as typeof log;
    const locker = orm.em.fork();
    await locker.begin();
    await locker.execute('lock table outbox in access exclusive mode');
    open(async () => undefined, { log: loud });
    await sleep(2_000);
    expect(said).toEqual([]);
    await locker.execute('drop table outbox');
    await locker.commit();
    await eventually(() => said.includes('the outbox cannot be read'));
  });

  it('refuses a second task for a subject that has one', async () => {
    const outbox = open(async () => undefined, { lease_ms: 60_000 });
    await append(outbox, task);
    await expect(append(outbox, task)).rejects.toThrow('outbox_pkey');
  });
});
