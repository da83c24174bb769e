import { expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetRest } from './unread-body.js';

const pause_ms = 200;

function blockFor(ms: number): void {
  const until = Date.now() + ms;
  while (Date.now() < until);
}

it('hears a request out', async () => {
  const request = new PassThrough();
  const heardOut = new Promise<boolean>((resolve) =>
    forgetRest(request, () => resolve(request.readableEnded), pause_ms),
  );
  for (let i = 0; i < 10; i++) {
    request.write(Buffer.alloc(1_000));
    await sleep(50);
  }
  request.end();
  expect(await heardOut).toBe(true);
});

it('stops where the sender pauses', async () => {
  const request = new PassThrough();
  const since = performance.now();
  await new Promise<void>((resolve) => forgetRest(request, resolve, pause_ms));
  expect(request.readableEnded).toBe(false);
  expect(performance.now() - since).toBeGreaterThan(pause_ms * 0.9);
});

it('takes no pause of its own for one of the sender', async () => {
  const request = new PassThrough();
  const heardOut = new Promise<boolean>((resolve) =>
    forgetRest(request, () => resolve(request.readableEnded), pause_ms),
  );
  // Data sent while the process was blocked is read two turns later: timers run first in the next turn.
  blockFor(2 * pause_ms);
  setTimeout(() => setImmediate(() => request.end(Buffer.alloc(1_000))), 1);
  expect(await heardOut).toBe(true);
});
