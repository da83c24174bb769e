import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ObpFailure } from '@platform/failure';
import { type Implementation, rpc } from '@platform/grpc';
import {
  type CustomerEvents,
  type CustomerEventServiceDefinition,
  EventLogServiceDefinition,
  Failure,
  type ReadEventsRequest,
} from '@platform/messages';
import type { Backend } from '../calls/backend.js';
import type { Watching } from './watching.js';

const readEvents = rpc(EventLogServiceDefinition, 'readEvents');
const getLastPosition = rpc(EventLogServiceDefinition, 'getLastPosition');

const page = 200;
/** The events service waits so long for the next event: less than a call may take. */
const wait_ms = 2_500;
/** Proxies close connections that are silent for a minute or less. */
const heartbeat_ms = 15_000;
const nothing: CustomerEvents = { events: [] };
const passing: readonly Failure[] = [Failure.FAILURE_REQUEST_TIMEOUT, Failure.FAILURE_TOO_BUSY];

/**
 * Watches a bank by one call after the other, so that any replica of the events service may answer each of them, and
 * the stream knows no deadline.
 */
export function customerEvents(
  backend: Pick<Backend, 'asService'>,
  watching: Watching,
): Implementation<CustomerEventServiceDefinition> {
  return {
    async *watchCustomers({ bank_id, from = null }, { correlation_id, signal }) {
      const gone = signal();
      const watcher = watching.enter();
      try {
        let after = from === null ? await last(backend, correlation_id) : positionOf(from);
        // The response begins at once.
        yield nothing;
        const over = Promise.race([watcher.over, aborted(gone)]).then(() => nothing);
        for (let told = performance.now(); !watcher.isOver() && !gone.aborted;) {
          const read = readOn(backend, { bank_id, after, limit: page, wait_ms }, correlation_id);
          const answer = await Promise.race([read, over]);
          const newest = answer.events.at(-1);
          if (newest === undefined && performance.now() - told < heartbeat_ms) continue;
          told = performance.now();
          after = newest === undefined ? after : Number(newest.sequence);
          yield answer;
        }
      } finally {
        watcher.leave();
      }
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** While the events service cannot be reached, there is no news, and the stream stays open. */
async function readOn(
  backend: Pick<Backend, 'asService'>,
  request: ReadEventsRequest,
  correlation_id: string,
): Promise<CustomerEvents> {
  try {
    return await backend.asService(readEvents, request, correlation_id);
  } catch (error) {
    if (!(error instanceof ObpFailure) || !passing.includes(error.failure)) throw error;
    await sleep(1_000, undefined, { ref: false });
    return nothing;
  }
}

async function last(backend: Pick<Backend, 'asService'>, correlation_id: string): Promise<number> {
  return (await backend.asService(getLastPosition, {}, correlation_id)).position;
}

function positionOf(from: string): number {
  if (!/^\d{1,16}$/.test(from) || !Number.isSafeInteger(Number(from)))
    fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, 'from must be the sequence of an event.');
  return Number(from);
}
