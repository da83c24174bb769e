import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { serve } from './fake-service.js';

const ping_ms = 300;
/** What opens an HTTP/2 connection: its preface, and settings that change nothing. */
const opening = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

it('gives a connection up whose client has vanished without a word, and keeps one whose client is there', async () => {
  const service = await serve([], { ping_ms });
  const vanished = connect(service.port, '127.0.0.1').resume();
  vanished.write(opening);
  const there = connectHttp2(`http://127.0.0.1:${service.port}`);
  await once(there, 'connect');
  const since = performance.now();
  await once(vanished, 'close');
  expect(performance.now() - since).toBeGreaterThanOrEqual(ping_ms);
  await sleep(2 * ping_ms);
  expect(there.destroyed).toBe(false);
  there.close();
  await service.close();
}, 10_000);
