import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@platform/runtime';
import { Client } from 'pg';
import { connectionOf, isSilence } from './connection.js';
import { tellSilence } from './silence.js';

/** Asks the database again and again whether it answers. */
export interface Probe {
  close(): Promise<void>;
}

export interface ProbeOptions {
  readonly url: string;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** Told at each change: whether the database answered within the last two seconds. At first it does. */
  readonly changed: (answers: boolean) => void;
  /** Milliseconds between questions. */
  readonly every_ms?: number;
}

/** How long an answer may take. With a question each second, what is broken is known after two. */
const patience_ms = 1_000;

/** While the database does not answer, it says so in the log once per question: callers are told by their own failures. */
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
  /** Whether a connection that stood went silent, and no other has answered since. */
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
        // It is the connection then, and not the database.
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
  // A session that owes an answer is destroyed, not asked to end.
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
