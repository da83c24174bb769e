import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { createLogger } from '@platform/runtime';
import { serveExchange } from './exchange-server.js';
import { frame, FrameKind, limits } from './frame.js';
import type { Listener } from './frame-stream.js';

/** An exchange whose client reads nothing. */
function serveUnread() {
  let listener: Listener | undefined;
  let destroyed = 0;
  const authorize = () => {
    throw new Error('nobody is asked for');
  };
  const stream = { write: () => undefined, end: () => undefined, destroy: () => void (destroyed += 1) };
  serveExchange((heard) => ((listener = heard), stream), {
    methods: new Map(),
    isFrom: () => true,
    authorize,
    log: createLogger('test', 'silent'),
  });
  return {
    hear: (kind: FrameKind, from: number, to: number) => {
      for (let call = from; call <= to; call += 1) listener?.received([frame(kind, call)]);
    },
    isDestroyed: () => destroyed > 0,
  };
}

it.each([
  ['questions whether it is there', FrameKind.FRAME_KIND_PING],
  ['calls that are refused', FrameKind.FRAME_KIND_REQUEST],
])('who sends %s without end and reads no answer is cut off', async (_what, kind) => {
  const { hear, isDestroyed } = serveUnread();
  await turn();
  hear(kind, 1, limits.unread);
  expect(isDestroyed()).toBe(false);
  hear(kind, limits.unread + 1, limits.unread + 2);
  expect(isDestroyed()).toBe(true);
});

it('what came in one message behind that which cut the stream off is not begun', async () => {
  let listener: Listener | undefined;
  let begun = 0;
  const path = '/made.Service/One';
  const method = {
    isStream: false,
    handlerIn: () => async () => (begun += 1),
    deserialize: () => ({}),
    serialize: () => Buffer.alloc(0),
  };
  // As a server's stream does: `destroy` calls the listener before it returns.
  const stream = {
    write: () => undefined,
    end: () => undefined,
    destroy: () => listener?.closed({ clean: false, code: 14 }),
  };
  serveExchange((heard) => ((listener = heard), stream), {
    methods: new Map([[path, method]]),
    isFrom: () => true,
    authorize: () => ({}) as never,
    log: createLogger('test', 'silent'),
  });
  await turn();
  const caller = { ...frame(FrameKind.FRAME_KIND_CALLER), caller: 1, rpc: path };
  const request = (call: number) => ({ ...frame(FrameKind.FRAME_KIND_REQUEST, call), caller: 1, timeout_ms: 5_000 });
  listener?.received([caller, request(1), { ...caller, caller: limits.callers + 1 }, request(2)]);
  expect(begun).toBe(1);
});
