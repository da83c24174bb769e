import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** The longest wait of a statement. */
export interface Wait {
  readonly ms: number;
  /** How many pieces of plain work the same server did meanwhile: this says the same on a slow or busy machine. */
  readonly works: number;
}

/** How long statements of others waited during something. */
export interface Waits {
  /** The longest waits, the statements that failed, and the mean time of one piece of plain work in milliseconds. */
  stop(): Promise<{
    readonly reader: Wait;
    readonly writer: Wait;
    readonly failures: readonly string[];
    readonly work_ms: number;
  }>;
  close(): Promise<void>;
}

/** A few milliseconds of work for the processor, which needs no lock of a table. */
const plainWork = 'select count(*) from generate_series(1, 10000)';

/**
 * Repeats a reading and a writing statement with these values, each on its own connection, until it is stopped. Beside
 * them another connection does plain work, which is what their waits are measured by.
 */
export async function startWaits(
  url: string,
  { reads, writes }: { readonly reads: string; readonly writes: string },
  values: readonly string[],
): Promise<Waits> {
  const failures: string[] = [];
  const since = performance.now();
  let running = true;
  let works = 0;
  const connected = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    return work(client).finally(() => client.end());
  };
  const workOn = () =>
    connected(async (client) => {
      for (; running; works += 1) await client.query(plainWork);
    });
  const repeat = (text: string): Promise<Wait> =>
    connected(async (client) => {
      let longest: Wait = { ms: 0, works: 0 };
      while (running) {
        const before = { now: performance.now(), works };
        await client.query(text, [...values]).catch((error: Error) => failures.push(error.message));
        const ms = Math.round(performance.now() - before.now);
        longest = { ms: Math.max(longest.ms, ms), works: Math.max(longest.works, works - before.works) };
        await sleep(5);
      }
      return longest;
    });
  const all = Promise.all([repeat(reads), repeat(writes), workOn()]);
  return {
    async stop() {
      running = false;
      const [reader, writer] = await all;
      return { reader, writer, failures, work_ms: Math.round(((performance.now() - since) / works) * 10) / 10 };
    },
    async close() {
      running = false;
      await all;
    },
  };
}
