import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { RunningAnswers } from './running-answers.js';

/** How long a client that has closed its side is first taken to be waiting for its answer; each further time is twice as long. */
const trust_ms = 250;

/**
 * Lets a client close its side of the connection after its request and still have the answer. One that closed both sides
 * looks the same until something is sent to it: it gets "100 Continue", which every client passes over, and the answer is
 * given up when that comes back.
 */
export function answerHalfClosed(server: Server, running: RunningAnswers): void {
  // As Node calls it; its own way is to drop the answer.
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
      // HTTP/1.0 knows no such answer, and one that has begun finds out by itself.
      if (first?.headersSent === false && first.req.httpVersion !== '1.0') first.writeContinue();
      wait(wait_ms * 2);
    }, wait_ms);
  };
  wait(trust_ms);
  socket.once('close', () => clearTimeout(timer));
}
