import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { RunningAnswers } from './running-answers.js';

/** How long a client that closed its side is assumed to wait for its response; each next check waits twice as long. */
const trust_ms = 250;

/**
 * Lets a client close its side of the connection after its request and still receive the response. A client that closed
 * both sides looks the same until the server sends it something. So it gets "100 Continue", which every client ignores;
 * if that fails, the connection is closed and the work stops.
 */
export function answerHalfClosed(server: Server, running: RunningAnswers): void {
  // Node reads this property; by default it drops the response.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('connection', (socket: Socket) => {
    socket.allowHalfOpen = true;
    socket.once('end', () => ask(socket, running));
  });
}

function ask(socket: Socket, running: RunningAnswers): void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (wait_ms: number): void => {
    timer = setTimeout(() => {
      const [first] = running(socket);
      // HTTP/1.0 has no "100 Continue", and a response that has begun notices a closed connection itself.
      if (first?.headersSent === false && first.req.httpVersion !== '1.0') first.writeContinue();
      wait(wait_ms * 2);
    }, wait_ms);
  };
  wait(trust_ms);
  socket.once('close', () => clearTimeout(timer));
}
