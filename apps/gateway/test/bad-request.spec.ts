import { afterEach, describe, expect, it } from '@jest/globals';
import type { RequestHandler } from '../src/http/edge-server.js';
import { createEdge, sendBytes } from './edge.js';

let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

async function serve(handler: RequestHandler): Promise<number> {
  const server = await createEdge({ handler });
  close = () => server.close();
  return server.port;
}

/** Begins its answer at once and ends it later. */
const slow: RequestHandler = (request, response) => {
  response.writeHead(200, { 'Content-Length': 8 }).write('half');
  setTimeout(() => response.end(request.url === '/1' ? 'one.' : 'two.'), 200);
};
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const bodies = (text: string) =>
  text
    .split(/HTTP\/1\.1 /)
    .slice(1)
    .map((answer) => [answer.slice(0, 3), answer.split('\r\n\r\n')[1]]);

describe('bytes that are no HTTP', () => {
  it.each([
    'garbage\r\n\r\n',
    'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n',
  ])('behind requests leave their answers whole: %j', async (bytes) => {
    const port = await serve(slow);
    expect(bodies(await sendBytes(port, get('/1') + get('/2') + bytes))).toEqual([
      ['200', 'halfone.'],
      ['200', 'halftwo.'],
    ]);
  });

  it('are refused at once when nothing runs', async () => {
    const port = await serve(slow);
    expect(bodies(await sendBytes(port, 'garbage\r\n\r\n'))).toEqual([
      ['400', expect.stringContaining('"message":"OBP-10034')],
    ]);
  });

  it('are refused in the body of the request that waits for it', async () => {
    const port = await serve(
      (request, response) =>
        void request
          .resume()
          .on('end', () => response.end())
          .on('error', () => undefined),
    );
    const [answer] = bodies(
      await sendBytes(port, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n'),
    );
    expect(answer).toEqual(['400', expect.stringContaining('"message":"OBP-10034')]);
  });
});
