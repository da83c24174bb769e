import type { Implementation } from '@platform/grpc';
import type { EventLogServiceDefinition } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import { cloudEvent, type EventRow } from './event.shape.js';
import { eventsOfBank } from './event.sql.js';
import type { LogEnd } from './log.js';

/** So many events, with values of usual lengths, are well below the limit of a message. */
const mostEvents = 200;
/** The gateway waits for an answer for five seconds. */
const longestWait_ms = 3_000;

/** The rpcs that read the log. */
export function eventQueries(reader: Reader, end: LogEnd): Implementation<EventLogServiceDefinition> {
  const read = (bank_id: string, after: number, limit: number) =>
    reader.page<EventRow>(eventsOfBank(bank_id, after, limit));
  return {
    async readEvents({ bank_id, after, limit, wait_ms }, { signal }) {
      const until = performance.now() + Math.min(wait_ms, longestWait_ms);
      for (;;) {
        const last = await end.position();
        const rows = await read(bank_id, after, Math.min(limit, mostEvents));
        const left_ms = until - performance.now();
        if (rows.length > 0 || left_ms <= 0 || signal().aborted) return { events: rows.map(cloudEvent) };
        await end.beyond(last, left_ms);
      }
    },
    getLastPosition: async () => ({ position: await end.position() }),
  };
}
