import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { createExchange } from './exchange-client.js';
import { type CallFrame, FrameKind } from './frame.js';
import type { PendingCall } from './pending-call.js';

const nothing = (): void => undefined;
const ignore = {
  ready: nothing,
  draining: nothing,
  silent: nothing,
  closed: nothing,
  refused: nothing,
  lost: nothing,
  freed: nothing,
};
const pending = (bytes: number): PendingCall => ({
  path: '/a.B/C',
  request: Buffer.alloc(bytes),
  assertion: Buffer.from('anybody'),
  correlation_id: 'c-1',
  trace: { traceparent: '', tracestate: '' },
  isStream: false,
  isRead: true,
  until: performance.now() + 5_000,
  deadline: () => Infinity,
  begun: () => false,
  receive: nothing,
  end: nothing,
  fail: nothing,
});

it('a request that is given up amid its slices is cancelled: its server does not keep the part that has come', async () => {
  const written: CallFrame[] = [];
  const done: (() => void)[] = [];
  const exchange = createExchange(
    () => ({
      write: (frames, then) => void (written.push(...frames), done.push(then)),
      end: nothing,
      destroy: nothing,
    }),
    ignore,
  );
  const call = pending(200_000);
  exchange.begin(call);
  await turn();
  expect(written.at(-1)).toMatchObject({ kind: FrameKind.FRAME_KIND_REQUEST, more: true });
  exchange.cancel(call);
  for (let index = 0; index < 5; index += 1) done.shift()?.();
  await turn();
  expect(written.at(-1)).toMatchObject({ kind: FrameKind.FRAME_KIND_CANCEL, call: 1 });
});
