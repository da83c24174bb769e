import { describe, expect, it } from '@jest/globals';
import { type CallFrame, createAssembly, frame, FrameKind } from './frame.js';

const part = (call: number, payload: Buffer, more: boolean): CallFrame => ({
  ...frame(FrameKind.FRAME_KIND_REQUEST, call, payload),
  more,
});

describe('the parts of a message', () => {
  it('are kept without all that came with them', () => {
    const assembly = createAssembly();
    const arrived = Buffer.from('ab and a lot more');
    expect(assembly.add(part(1, arrived.subarray(0, 1), true))).toBeUndefined();
    arrived.fill('x');
    expect(String(assembly.add(part(1, Buffer.from('b'), false)))).toBe('ab');
  });

  it('count although they are empty, until the message is whole, too long or forgotten', () => {
    const assembly = createAssembly();
    for (let index = 0; index < 1_000; index += 1)
      for (const call of [1, 2, 3]) assembly.add(part(call, Buffer.alloc(0), true));
    expect(assembly.size).toBeGreaterThanOrEqual(3 * 1_000 * 64);
    expect(assembly.add(part(1, Buffer.alloc(0), false))).toHaveLength(0);
    expect(assembly.add(part(2, Buffer.alloc(5 * 1024 * 1024), true))).toBe('too long');
    assembly.forget(3);
    expect(assembly.size).toBe(0);
  });
});
