import { setTimeout as sleep } from 'node:timers/promises';
import { createExchange, type Exchange } from './exchange/exchange-client.js';
import { findLocalServer } from './exchange/in-memory.js';
import type { Carrier } from './exchange/pending-call.js';
import type { Replica, ReplicaListener } from './replica.js';

const again_ms = 50;

/** A replica in this process: the same frames, without a socket. @param address "127.0.0.1:50051" */
export function createLocalReplica(address: string, listener: ReplicaListener): Replica {
  let carrier: Carrier | undefined;
  let exchange: Exchange | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const dial = (): void => {
    const server = findLocalServer(address);
    if (closed) return;
    if (server === undefined) {
      timer = setTimeout(dial, again_ms).unref();
      return;
    }
    const own = createExchange((heard) => server.accept(heard), {
      ...listener,
      ready() {
        carrier = own;
        listener.ready();
      },
      draining: () => (carrier = undefined),
      // Both sides are in this process: if the server stands still, so does the client.
      silent: () => undefined,
      closed() {
        carrier = exchange = undefined;
        timer = setTimeout(dial, again_ms).unref();
      },
    });
    exchange = own;
  };
  dial();
  return {
    get carrier() {
      return carrier;
    },
    get busy() {
      return (exchange?.calls ?? 0) > 0;
    },
    look: (now) => exchange?.look(now),
    async serving(timeout_ms) {
      for (const until = performance.now() + timeout_ms; performance.now() < until; await sleep(again_ms)) {
        const server = findLocalServer(address);
        if (server !== undefined) return server.isServing();
      }
      return false;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      exchange?.close();
    },
  };
}
