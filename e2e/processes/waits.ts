import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** How long statements of others waited during something. */
export interface Waits {
  /** The longest time of a statement in milliseconds, and the statements that failed. */
  stop(): Promise<{ readonly reader_ms: number; readonly writer_ms: number; readonly failures: readonly string[] }>;
  close(): Promise<void>;
}

/** Repeats a reading and a writing statement with these values, each on its own connection, until it is stopped. */
export async function startWaits(
  url: string,
  { reads, writes }: { readonly reads: string; readonly writes: string },
  values: readonly string[],
): Promise<Waits> {
  const failures: string[] = [];
  let running = true;
  const repeat = async (text: string): Promise<number> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    let longest_ms = 0;
    while (running) {
      const since = performance.now();
      await client.query(text, [...values]).catch((error: Error) => failures.push(error.message));
      longest_ms = Math.max(longest_ms, performance.now() - since);
      await sleep(5);
    }
    await client.end();
    return Math.round(longest_ms);
  };
  const all = Promise.all([repeat(reads), repeat(writes)]);
  const end = (): Promise<[number, number]> => {
    running = false;
    return all;
  };
  return {
    async stop() {
      const [reader_ms, writer_ms] = await end();
      return { reader_ms, writer_ms, failures };
    },
    close: async () => void (await end()),
  };
}
