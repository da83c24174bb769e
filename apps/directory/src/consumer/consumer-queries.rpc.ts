import { type Page, pageOf } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { CallLimit, Consumer, ConsumerServiceDefinition } from '@platform/messages';
import { pagesOf, type Reader } from '@platform/persistence';
import { consumerUnknown } from './consumer.entity.js';
import { callLimitsOf, consumerAt, consumerById, consumersBehind, consumersOfCreator } from './consumer.sql.js';

/** Rows fetched at once and sent in one message: with every text at its limit they stay below 4 MB. */
const chunkRows = 50;
/** Up to this many rows are skipped by the page's query; more are first skipped in the index alone. */
const skippedRows = 500;

type Key = Pick<Consumer, 'created' | 'consumer_id'>;
const start: Key = { created: 'infinity', consumer_id: '~' };

/** The rpcs that read applications: directly from columns to messages. */
export function consumerQueries(reader: Reader): Implementation<ConsumerServiceDefinition> {
  return {
    getConsumers: (request) => messagesOf(listed(reader, pageOf(request)), (consumers) => ({ consumers })),
    getConsumer: ({ consumer_id }) => findConsumer(reader, consumer_id),
    getConsumersForCurrentUser: (_request, { caller }) => {
      const own = pagesOf<Consumer>(chunkRows, (last = { ...start } as Consumer, rows) =>
        reader.page({ ...consumersOfCreator, values: [caller.user_id, last.created, last.consumer_id, rows] }),
      );
      return messagesOf(own, (consumers) => ({ consumers }));
    },
    async getCallsLimit({ consumer_id }) {
      const [found] = await reader.rows<{ call_limits: number[] | null }>({
        ...callLimitsOf,
        values: [consumer_id],
      });
      return callLimit((found ?? consumerUnknown(consumer_id)).call_limits ?? []);
    },
  };
}

/** @throws ObpFailure OBP-30019 */
export async function findConsumer(reader: Reader, consumer_id: string): Promise<Consumer> {
  const [found] = await reader.rows<Consumer>({ ...consumerById, values: [consumer_id] });
  return found ?? consumerUnknown(consumer_id);
}

/** A consumer's limits in responses, from limits listed per second to per month. */
export function callLimit([
  second = -1,
  minute = -1,
  hour = -1,
  day = -1,
  week = -1,
  month = -1,
]: readonly number[]): CallLimit {
  return {
    per_second_call_limit: String(second),
    per_minute_call_limit: String(minute),
    per_hour_call_limit: String(hour),
    per_day_call_limit: String(day),
    per_week_call_limit: String(week),
    per_month_call_limit: String(month),
  };
}

async function* listed(reader: Reader, { limit, offset }: Page): AsyncGenerator<Consumer[]> {
  const skipped = offset <= skippedRows ? offset : 0;
  const first = offset === skipped ? start : await keyAt(reader, offset - 1);
  if (first === undefined) return;
  const read = (last: Consumer | undefined, rows: number) => {
    const { created, consumer_id } = last ?? first;
    const values = [created, consumer_id, rows, last === undefined ? skipped : 0];
    return reader.page<Consumer>({ ...consumersBehind, values });
  };
  yield* pagesOf(chunkRows, read, { limit });
}

async function keyAt(reader: Reader, place: number): Promise<Key | undefined> {
  const [row] = await reader.page<Key>({ ...consumerAt, values: [place] });
  return row;
}
