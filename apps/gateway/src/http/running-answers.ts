import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A connection's unfinished responses, in the order of their requests. */
export type RunningAnswers = (socket: Duplex) => readonly ServerResponse[];

/** Tracks a server's unfinished responses. A pipelined response has no socket of its own until it is its turn. */
export function watchAnswers(server: Server): RunningAnswers {
  const running = new WeakMap<Duplex, Set<ServerResponse>>();
  const open = (socket: Duplex): Set<ServerResponse> => {
    const own = new Set<ServerResponse>();
    running.set(socket, own);
    // Node 20 closes only the current response and forgets the others, whose work would wait for ever.
    socket.once('close', () => setImmediate(() => own.forEach((response) => response.destroy().emit('close'))));
    return own;
  };
  for (const event of ['request', 'checkExpectation']) {
    server.prependListener(event, ({ socket }: IncomingMessage, response: ServerResponse) => {
      const own = running.get(socket) ?? open(socket);
      own.add(response);
      response.once('close', () => own.delete(response));
    });
  }
  return (socket) => [...(running.get(socket) ?? [])];
}
