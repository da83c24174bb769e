import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type CallFrame, createAssembly, frame, FrameKind, limits } from './frame.js';
import type { FrameStream } from './frame-stream.js';
import { createSender } from './sender.js';

/** A stream whose writes complete only when the test says so. */
function createSlowStream() {
  const written: CallFrame[][] = [];
  const done: (() => void)[] = [];
  const stream: FrameStream = {
    write: (frames, then) => void (written.push([...frames]), done.push(then)),
    end: () => void written.push([]),
    destroy: () => undefined,
  };
  return { stream, written, release: () => done.shift()?.() };
}

const message = (call: number, bytes: number) => frame(FrameKind.FRAME_KIND_MESSAGE, call, Buffer.alloc(bytes, call));
const bytesOf = (frames: readonly CallFrame[]) => frames.reduce((sum, { payload }) => sum + payload.length, 0);
const callsOf = (frames: readonly CallFrame[] = []) => frames.map(({ call }) => call);

describe('a sender', () => {
  it('says in one message what comes up in one turn, and while it writes', async () => {
    const { stream, written, release } = createSlowStream();
    const sender = createSender(stream, () => false);
    sender.send(message(1, 10));
    await Promise.resolve();
    sender.send(message(2, 10));
    await turn();
    for (const call of [3, 4, 5]) sender.send(message(call, 10));
    await turn();
    release();
    expect(written.map(callsOf)).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
  });

  it('waits for nobody where it is alone', async () => {
    const { stream, written } = createSlowStream();
    createSender(stream, () => true).send(message(1, 10));
    await Promise.resolve();
    expect(written.map(callsOf)).toEqual([[1]]);
  });

  it('lets no long message hold up a short one by more than a turn', async () => {
    const { stream, written, release } = createSlowStream();
    const sender = createSender(stream, () => false);
    sender.send(message(1, 1_000_000));
    await turn();
    sender.send(message(2, 100));
    release();
    expect(bytesOf(written[0] ?? [])).toBeLessThanOrEqual(limits.turn);
    expect(callsOf(written[1])).toContain(2);
  });

  it('sends slices of long messages one after the other, in order, whole in the end', async () => {
    const { stream, written, release } = createSlowStream();
    const sender = createSender(stream, () => false);
    const sent: number[] = [];
    for (const call of [1, 2, 3])
      sender.send(message(call, 200_000 + call), { isOver: false, sent: () => void sent.push(call) });
    await turn();
    expect(new Set(callsOf(written[0]))).toEqual(new Set([1, 2, 3]));
    for (let index = 0; index < 50; index += 1) release();
    const assembly = createAssembly();
    const whole = written.flat().flatMap((part) => {
      const payload = assembly.add(part);
      return payload === undefined || payload === 'too long'
        ? []
        : [[part.call, payload.length, payload.every((byte) => byte === part.call)]];
    });
    expect(whole.sort()).toEqual([1, 2, 3].map((call) => [call, 200_000 + call, true]));
    expect([...sent].sort()).toEqual([1, 2, 3]);
    expect([sender.waiting, assembly.size]).toEqual([0, 0]);
  });

  it('leaves out what nobody needs any more, and counts it no more', async () => {
    const { stream, written, release } = createSlowStream();
    const sender = createSender(stream, () => false);
    const owner = { isOver: false, sent: () => undefined };
    sender.send(message(1, 200_000), owner);
    sender.send(message(2, 10), { isOver: true, sent: () => undefined });
    await turn();
    owner.isOver = true;
    for (let index = 0; index < 5; index += 1) release();
    expect(callsOf(written.flat())).not.toContain(2);
    expect(bytesOf(written.flat())).toBeLessThanOrEqual(limits.turn);
    expect(sender.waiting).toBe(0);
  });

  it('ends when it has said everything', async () => {
    const { stream, written, release } = createSlowStream();
    const sender = createSender(stream, () => false);
    sender.send(message(1, 100_000));
    sender.end();
    await turn();
    for (let index = 0; index < 5; index += 1) release();
    sender.send(message(2, 1));
    await turn();
    expect([bytesOf(written.flat()), written.at(-1)]).toEqual([100_000, []]);
  });
});
