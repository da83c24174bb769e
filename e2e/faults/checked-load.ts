import type { Answer } from '../processes/rest.js';
import type { Session } from '../processes/session.js';

/** What came back while something was broken. */
export interface Outcome {
  readonly requests: number;
  /** Answers other than the wanted ones, by what they said, and requests without an answer, by their error. */
  readonly failed: ReadonlyMap<string, number>;
  /** Ids of the customers that a 201 told of. */
  readonly acknowledged: readonly string[];
  /** The longest time without a success, in milliseconds. */
  readonly gap_ms: number;
  /** Milliseconds of the answers that were wanted. */
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** Keeps clients busy creating, reading and listing customers, each by turns at one of the gateways, and keeps book. */
export function startCheckedLoad(sessions: readonly Session[], clients = 8, pause_ms = 10): { stop(): Promise<Outcome> } {
  const failed = new Map<string, number>();
  const acknowledged: string[] = [];
  const times: number[] = [];
  let requests = 0;
  let running = true;
  let succeeded_at = Date.now();
  let gap_ms = 0;
  const fail = (reason: string) => void failed.set(reason, (failed.get(reason) ?? 0) + 1);

  const ask = async (request: () => Promise<Answer>, wanted: number): Promise<Answer | undefined> => {
    requests += 1;
    const began = Date.now();
    try {
      const answer = await request();
      if (answer.status !== wanted) {
        fail(`${answer.status} ${String(answer.body['message']).slice(0, 9)}`);
        return undefined;
      }
      times.push(Date.now() - began);
      gap_ms = Math.max(gap_ms, Date.now() - succeeded_at);
      succeeded_at = Date.now();
      return answer;
    } catch (error) {
      fail((error as NodeJS.ErrnoException).code ?? (error as Error).name);
      return undefined;
    }
  };
  const client = async (_: unknown, index: number): Promise<void> => {
    for (let turn = index; running; turn += 1) {
      const session = sessions[turn % sessions.length] as Session;
      const created = await ask(() => session.create(), 201);
      if (created !== undefined) {
        const customer_id = String(created.body['customer_id']);
        acknowledged.push(customer_id);
        await ask(() => session.read(customer_id), 200);
      }
      await ask(() => session.list(), 200);
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  };
  const all = Array.from({ length: clients }, client);
  return {
    async stop() {
      running = false;
      await Promise.all(all);
      times.sort((one, other) => one - other);
      const at = (part: number) => times[Math.floor(times.length * part)] ?? 0;
      return { requests, failed, acknowledged, gap_ms: Math.max(gap_ms, Date.now() - succeeded_at), p50_ms: at(0.5), p99_ms: at(0.99) };
    },
  };
}
