import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createEdge } from './edge.js';

let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

describe('requests in one go whose client goes away', () => {
  it('have each their answer closed once, also those whose turn had not come', async () => {
    const begun: string[] = [];
    const closed: [string | undefined, boolean][] = [];
    const server = await createEdge({
      handler(request, response) {
        begun.push(request.url ?? '');
        response.on('close', () => closed.push([request.url, response.destroyed]));
      },
    });
    close = () => server.close();
    const client = connect(server.port, '127.0.0.1', () =>
      client.write(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join('')),
    );
    for (let waited = 0; waited < 100 && begun.length < 3; waited += 1) await sleep(10);
    expect([begun.length, closed]).toEqual([3, []]);
    client.resetAndDestroy();
    for (let waited = 0; waited < 100 && closed.length < 3; waited += 1) await sleep(10);
    await sleep(50);
    expect(closed.sort()).toEqual([
      ['/1', true],
      ['/2', true],
      ['/3', true],
    ]);
  });
});
