import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createBatcher } from './batcher.js';

function createRecorded(
  options: { limit: number; parallel: number },
  answer: (key: number) => string = (key) => `#${key}`,
) {
  const batches: number[][] = [];
  const ask = createBatcher<number, string>(async (keys) => {
    batches.push([...keys]);
    await sleep(5);
    return keys.map(answer);
  }, options);
  return { ask, batches };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a batcher', () => {
  it('sends what is asked in one turn together and answers each asker its own', async () => {
    const { ask, batches } = createRecorded({ limit: 100, parallel: 1 });
    const first = Promise.all(numbers(3).map(ask));
    await Promise.resolve();
    const later = ask(3);
    expect(await first).toEqual(['#0', '#1', '#2']);
    expect(await later).toBe('#3');
    expect(batches).toEqual([[0, 1, 2, 3]]);
  });

  it('cuts at its limit and keeps the order', async () => {
    const { ask, batches } = createRecorded({ limit: 2, parallel: 5 });
    expect(await Promise.all(numbers(5).map(ask))).toEqual(['#0', '#1', '#2', '#3', '#4']);
    expect(batches).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('has no more batches under way than allowed, and gathers meanwhile', async () => {
    const batches: number[][] = [];
    const answers: (() => void)[] = [];
    const ask = createBatcher<number, string>(
      (keys) => {
        batches.push([...keys]);
        return new Promise((resolve) => answers.push(() => resolve(keys.map(String))));
      },
      { limit: 10, parallel: 2 },
    );
    const asked: Promise<string>[] = [];
    for (const key of numbers(6)) {
      asked.push(ask(key));
      await new Promise(setImmediate);
    }
    expect(batches).toEqual([[0], [1]]);
    answers[0]?.();
    while (batches.length < 3) await new Promise(setImmediate);
    for (const answer of answers) answer();
    expect(await Promise.all(asked)).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(batches[2]).toEqual([2, 3, 4, 5]);
  });

  it('fails every asker of a failed batch and goes on', async () => {
    const ask = createBatcher<number, string>(
      async (keys) => {
        if (keys.includes(0)) throw new Error('down');
        return keys.map(String);
      },
      { limit: 2, parallel: 1 },
    );
    expect(await Promise.allSettled(numbers(3).map(ask))).toMatchObject([
      { status: 'rejected', reason: { message: 'down' } },
      { status: 'rejected', reason: { message: 'down' } },
      { status: 'fulfilled', value: '2' },
    ]);
    expect(await ask(7)).toBe('7');
  });

  it('survives a fetch that throws at once', async () => {
    const ask = createBatcher<number, string>(
      () => {
        throw new Error('at once');
      },
      { limit: 2, parallel: 1 },
    );
    await expect(ask(1)).rejects.toThrow('at once');
    await expect(ask(2)).rejects.toThrow('at once');
  });
});

describe('a batcher whose askers have patience', () => {
  const late = () => new Error('late');

  it('lets nobody wait longer, neither behind a batch nor in one', async () => {
    const batches: number[][] = [];
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const ask = createBatcher<number, string>(
      async (keys) => {
        batches.push([...keys]);
        if (keys.includes(0)) await stuck;
        return keys.map(String);
      },
      { limit: 10, parallel: 1, patience_ms: (key) => (key < 2 ? 100 : 60_000), late },
    );
    const first = ask(0);
    await sleep(5);
    const [behind, patient] = [ask(1), ask(2)];
    await expect(first).rejects.toThrow('late');
    await expect(behind).rejects.toThrow('late');
    release();
    expect(await patient).toBe('2');
    // A key whose caller no longer waits is not fetched.
    expect(batches).toEqual([[0], [2]]);
  });
});
