import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@platform/runtime';
import { Client } from 'pg';
import { connectionOf, isSilence } from './connection.js';
import { tellSilence } from './silence.js';

/** Checks at intervals whether the database answers. */
export interface Probe {
  close(): Promise<void>;
}

export interface ProbeOptions {
  readonly url: string;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** Called at each change: whether the database answered within the last two seconds. It starts as true. */
  readonly changed: (answers: boolean) => void;
  /** Milliseconds between checks. */
  readonly every_ms?: number;
}

/** How long an answer may take. With one check each second, a fault is known after two seconds. */
const patience_ms = 1_000;

/** While the database does not answer, each check logs it once; callers get failures of their own. */
export function createProbe({ url, log, changed, every_ms = 1_000 }: ProbeOptions): Probe {
  const stop = new AbortController();
  const config = {
    ...connectionOf(url),
    application_name: 'customer-platform-probe',
    connectionTimeoutMillis: patience_ms,
    query_timeout: patience_ms,
  };
  let client: Client | undefined;
  let answers = true;
  /** Whether an open connection went silent and no other has answered since. */
  let silenced = false;

  const ask = async (): Promise<void> => {
    if (client === undefined) {
      client = new Client(config);
      client.on('error', () => undefined);
      await client.connect();
    }
    await client.query('select 1');
  };
  const tell = (now: boolean): void => {
    if (now !== answers) changed(now);
    answers = now;
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await ask();
        // A new connection works, so the old connection was at fault and not the database.
        if (silenced) tellSilence(url);
        silenced = false;
        if (!answers) log.info('the database answers again');
        tell(true);
      } catch (error) {
        if (stop.signal.aborted) break;
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the database does not answer');
        tell(false);
        await forget();
        silenced = isSilence(error);
        if (silenced) continue;
      }
      await sleep(every_ms, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    await forget();
  };
  // `end` destroys a session with an outstanding response, instead of asking it to end.
  const forget = async (): Promise<void> => {
    const left = client;
    client = undefined;
    await Promise.race([left?.end().catch(() => undefined), sleep(100)]);
  };

  const running = run();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
