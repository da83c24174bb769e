import { isPassing, type Reader } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import type { Leases } from '../lease/leases.js';
import { createLoop, type Loop } from '../loop.js';
import { createDelivering, type Delivering, type DeliveringOptions } from './delivering.js';
import { type Receiver, receivers } from './webhook.sql.js';

export interface DelivererOptions extends Omit<DeliveringOptions, 'isMine'> {
  readonly reader: Reader;
  readonly leases: Leases;
  readonly log: Logger;
  /** How often webhooks are looked for, which is how late a change of one counts. Milliseconds; 1,000. */
  readonly look_ms?: number;
}

interface Running {
  receiver: Receiver;
  readonly loop: Loop;
  /** Begins nothing more. */
  stop(): void;
}

/** Sends events to all receivers, to each by one replica. A slow receiver does not hold up the others. */
export function createDeliverer({ leases, log, look_ms = 1_000, ...options }: DelivererOptions): Loop {
  const running = new Map<string, Running>();
  const begin = (name: string, first: Receiver): Running => {
    let isStopped = false;
    const isMine = (): boolean => !isStopped && leases.has(name);
    const delivering: Delivering = createDelivering({ ...options, isMine });
    const own: Running = {
      receiver: first,
      stop: () => void (isStopped = true),
      loop: createLoop(async () => {
        try {
          return isMine() ? await delivering.step(own.receiver) : look_ms;
        } catch (error) {
          if (!isPassing(error)) log.warn({ err: error, webhook: name }, 'a webhook cannot be served');
          return 1_000;
        }
      }),
    };
    return own;
  };
  const end = async (name: string, { loop, stop }: Running): Promise<void> => {
    stop();
    running.delete(name);
    await loop.close();
    await leases.end(name);
  };
  const look = async (): Promise<void> => {
    const found = new Map(
      (await options.reader.page<Receiver>(receivers)).map((one) => [`webhook/${one.bank_id}/${one.webhook_id}`, one]),
    );
    const ended = [...running].filter(([name]) => !found.has(name) || !leases.has(name));
    await Promise.all(ended.map(([name, one]) => end(name, one)));
    for (const [name, receiver] of found) {
      const own = running.get(name);
      if (own !== undefined) own.receiver = receiver;
      else if (await leases.take(name)) running.set(name, begin(name, receiver));
    }
  };
  const looking = createLoop(async () => {
    try {
      await look();
    } catch (error) {
      if (!isPassing(error)) log.warn({ err: error }, 'the webhooks cannot be read');
    }
    return look_ms;
  });
  return {
    wake: () => looking.wake(),
    async close() {
      await looking.close();
      await Promise.all([...running].map(([name, one]) => end(name, one).catch(() => undefined)));
    },
  };
}
