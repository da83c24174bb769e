import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Migration } from '@mikro-orm/migrations';
import type { MikroORM } from '@mikro-orm/postgresql';
import { command, openOrm } from '@platform/persistence';
import { createLogger } from '@platform/runtime';
import { createTestDatabase, eventually, type TestDatabase } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOutbox, type Outbox, outboxTable, type Task, type TaskHandler } from '../src/index.js';

class CreateOutbox extends Migration {
  override up(): void {
    this.addSql(outboxTable);
  }
}

const task: Task = { kind: 'first', bank_id: 'gh.29.uk', subject: 'one' };
const log = createLogger('test', 'silent');

let database: TestDatabase;
let orm: MikroORM;
let outboxes: Outbox[];

beforeEach(async () => {
  database = await createTestDatabase('outbox');
  orm = await openOrm({
    url: database.url,
    entities: [],
    migrations: [{ name: 'outbox', load: async () => CreateOutbox }],
  });
  outboxes = [];
});
afterEach(async () => {
  await Promise.all(outboxes.map((outbox) => outbox.close()));
  await orm.close(true);
  await database.close();
});

type Options = Omit<TaskHandler, 'deliver'> & { poll_ms?: number; log?: typeof log };

const open = (deliver: TaskHandler['deliver'], { poll_ms, log: own, ...handler }: Options = {}): Outbox =>
  openKinds({ first: { deliver, ...handler } }, poll_ms, own);

function openKinds(handlers: Record<string, TaskHandler>, poll_ms = 20, own = log): Outbox {
  const outbox = createOutbox({ service: 'test', orm, log: own, handlers, poll_ms });
  outboxes.push(outbox);
  return outbox;
}

const append = (outbox: Outbox, ...tasks: Task[]) =>
  command(orm, {}, async (em) => {
    for (const one of tasks) await outbox.append(em, one);
  });

const pending = () => orm.em.fork().execute<{ subject: string }[]>('select subject from outbox order by subject');

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

  it('leaves a task alone that another process has leased since its own delivery began', async () => {
    const delivery = { began: 0, fail: (_error: Error) => undefined as void };
    const slow = open(() => ((delivery.began += 1), new Promise<void>((_, reject) => (delivery.fail = reject))), {
      lease_ms: 60_000,
      poll_ms: 60_000,
    });
    await append(slow, task);
    const settled = slow.settle(task, 'c');
    await eventually(5_000, 'the delivery to begin', () => delivery.began === 1);
    // What another replica does after the lease has ended.
    await orm.em.fork().execute(`update outbox set attempts = attempts + 1, available_at = now() + interval '1 hour'`);
    delivery.fail(new Error('late'));
    await expect(settled).rejects.toThrow('late');
    const [row] = await orm.em
      .fork()
      .execute<{ leased: boolean }[]>('select available_at > now() as leased from outbox');
    expect(row?.leased).toBe(true);
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
    await eventually(5_000, 'the task', () => done.length > 0);
    expect(done).toEqual([task]);
    await eventually(5_000, 'an empty outbox', async () => (await pending()).length === 0);
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
    await eventually(5_000, 'an empty outbox', async () => (await pending()).length === 0);
    expect(correlations).toEqual(['mine', 'outbox-one', 'outbox-one']);
  });

  it('shares many tasks among replicas, each done once', async () => {
    const done: string[] = [];
    const writer = open(async () => undefined, { lease_ms: 0, poll_ms: 60_000 });
    await sleep(50);
    const tasks = Array.from({ length: 45 }, (_, n) => ({ ...task, subject: `t${n}` }));
    await append(writer, ...tasks);
    for (let replica = 0; replica < 3; replica += 1) open(async ({ subject }) => void done.push(subject));
    await eventually(5_000, 'an empty outbox', async () => (await pending()).length === 0);
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
    await append(outbox, { ...task, subject: 'bad' }, { ...task, subject: 'good' });
    await eventually(5_000, 'the good one', async () => done.includes('good') && (await pending()).length === 1);
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
    await eventually(5_000, 'the start', () => started);
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
    await eventually(5_000, 'the line', () => said.includes('the outbox cannot be read'));
  });

  it('refuses a second task for a subject that has one', async () => {
    const outbox = open(async () => undefined, { lease_ms: 60_000 });
    await append(outbox, task);
    await expect(append(outbox, task)).rejects.toThrow('outbox_pkey');
  });

  it('does each kind by its own handler, also two of one subject', async () => {
    const done: string[] = [];
    const handler = (name: string): TaskHandler => ({
      deliver: async ({ kind, subject }) => void done.push(`${name} ${kind} ${subject}`),
      lease_ms: 0,
    });
    const outbox = openKinds({ first: handler('a'), second: handler('b') });
    await append(outbox, task, { ...task, kind: 'second' });
    await eventually(5_000, 'an empty outbox', async () => (await pending()).length === 0);
    expect([...new Set(done)].sort()).toEqual(['a first one', 'b second one']);
    expect(await outbox.settle({ ...task, kind: 'second' }, 'c')).toBe(false);
  });

  it('settles the one kind of a subject and leaves the other to its lease', async () => {
    const outbox = openKinds({ first: { deliver: async () => undefined }, second: { deliver: async () => undefined } });
    await append(outbox, task, { ...task, kind: 'second' });
    expect(await outbox.settle(task, 'c')).toBe(true);
    expect(await orm.em.fork().execute('select kind from outbox')).toEqual([{ kind: 'second' }]);
  });

  it('leases each kind for its own time', async () => {
    const outbox = openKinds(
      {
        first: { deliver: async () => undefined, lease_ms: 60_000 },
        second: { deliver: async () => undefined, lease_ms: 3_600_000 },
      },
      60_000,
    );
    await append(outbox, task, { ...task, kind: 'second' });
    const left = await orm.em
      .fork()
      .execute(
        'select kind, extract(epoch from available_at - now()) between 3500 and 3600 as long from outbox order by kind',
      );
    expect(left).toEqual([
      { kind: 'first', long: false },
      { kind: 'second', long: true },
    ]);
  });

  it('repeats each kind after pauses of its own', async () => {
    const tried = { first: 0, second: 0 };
    const failing = (kind: 'first' | 'second', pause_ms: number): TaskHandler => ({
      deliver: async () => {
        tried[kind] += 1;
        throw new Error('away');
      },
      lease_ms: 0,
      pause_ms,
    });
    const outbox = openKinds({ first: failing('first', 10), second: failing('second', 60_000) });
    await append(outbox, task, { ...task, kind: 'second' });
    await eventually(5_000, 'four tries', () => tried.first >= 4);
    // The pauses are half a second, one and two seconds: by then the other task was tried four times or more.
    expect(tried.second).toBeLessThan(tried.first);
  });

  it('leaves a kind that it does not know to a replica that does, as while an upgrade goes on', async () => {
    const done: string[] = [];
    const newer = openKinds(
      { first: { deliver: async () => undefined }, second: { deliver: async () => undefined, lease_ms: 0 } },
      60_000,
    );
    await sleep(50);
    await append(newer, { ...task, kind: 'second' });
    const older = open(async ({ kind }) => void done.push(kind));
    await sleep(200);
    expect([done, (await pending()).length]).toEqual([[], 1]);
    await older.close();
    openKinds({
      first: { deliver: async () => undefined },
      second: { deliver: async ({ kind }) => void done.push(kind) },
    });
    await eventually(5_000, 'an empty outbox', async () => (await pending()).length === 0);
    expect(done).toEqual(['second']);
  });
});
