import type { MikroORM } from '@mikro-orm/postgresql';
import { autocommit, isPassing, type Reader } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import { cloudEvent, type EventRow } from '../event/event.shape.js';
import { eventsAfter } from '../event/event.sql.js';
import type { LogEnd } from '../event/log.js';
import type { Leases } from '../lease/leases.js';
import { createLoop, type Loop } from '../loop.js';
import { advance, allProgress, type Progress } from '../progress/progress.sql.js';
import { bySubject } from '../webhook/by-subject.js';
import type { EventStream } from './stream.js';
import { natsSubject } from './subject.js';

const leaseName = 'nats';
const windowSize = 500;
const atOnce = 64;

export interface PublisherOptions {
  readonly orm: MikroORM;
  readonly reader: Reader;
  readonly log: Logger;
  readonly leases: Leases;
  readonly end: LogEnd;
  readonly open: () => Promise<EventStream>;
}

/**
 * Publishes the log to NATS, by one replica. The position moves when a whole window is stored: after a crash a part of
 * it is published again under the same ids, which the stream drops if it still remembers them.
 */
export function createPublisher({ orm, reader, log, leases, end, open }: PublisherOptions): Loop {
  let stream: EventStream | undefined;
  const send = async (rows: readonly EventRow[]): Promise<void> => {
    let failure: Error | undefined;
    await bySubject(rows, atOnce, async (row) => {
      try {
        if (failure === undefined)
          await stream?.publish(natsSubject(row), row.entry_id, JSON.stringify(cloudEvent(row)));
      } catch (error) {
        failure = error as Error;
      }
      return failure === undefined;
    });
    if (failure !== undefined) throw failure;
  };
  const window = async (): Promise<number> => {
    const progress = await reader.rows<Progress>(allProgress);
    const position = progress.find(({ name }) => name === 'nats')?.position ?? 0;
    const rows = await reader.page<EventRow>(eventsAfter(position, windowSize));
    const last = rows.at(-1);
    if (last === undefined) {
      await end.beyond(position, 1_000);
      return 0;
    }
    stream ??= await open();
    await send(rows);
    await autocommit(orm, {}, (em) => advance(em, 'nats', position, last.position));
    return 0;
  };
  const loop = createLoop(async () => {
    try {
      return leases.has(leaseName) || (await leases.take(leaseName)) ? await window() : 1_000;
    } catch (error) {
      if (!isPassing(error)) log.warn({ err: error }, 'events cannot be published to NATS, and will be later');
      return 1_000;
    }
  });
  return {
    wake: () => loop.wake(),
    async close() {
      await loop.close();
      await stream?.close();
    },
  };
}
