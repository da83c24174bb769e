import type { Answer } from './rest.js';
import type { Session } from './session.js';

/** Whom the load asks. */
export type Client = Pick<Session, 'create' | 'read' | 'list' | 'whoAmI'>;

/** What came back from a steady load. */
export interface Results {
  readonly requests: number;
  /** Answers that are not the wanted ones. */
  readonly refused: readonly Answer[];
  /** Requests without a whole answer. */
  readonly broken: readonly Error[];
  /** Ids of the customers that a 201 told of. */
  readonly created: readonly string[];
  readonly read: number;
  /** How long each wanted answer took, in milliseconds, in the order in which they came. */
  readonly times: readonly number[];
  /** The longest time without a wanted answer, in milliseconds. */
  readonly gap_ms: number;
}

export interface Load {
  /** So far. */
  results(): Results;
  /** Lets the running requests end. */
  stop(): Promise<Results>;
}

/** Keeps `concurrency` clients busy creating a customer, reading it, listing the bank's and asking who they are, each time at the next of `clients`. */
export function startLoad(clients: readonly Client[], concurrency = 8, pause_ms = 20): Load {
  const [refused, broken, created, times]: [Answer[], Error[], string[], number[]] = [[], [], [], []];
  let [requests, read, gap_ms, succeeded_at, running] = [0, 0, 0, Date.now(), true];

  const ask = async (request: Promise<Answer>, wanted: number): Promise<Answer | undefined> => {
    const began = Date.now();
    requests += 1;
    try {
      const answer = await request;
      if (answer.status === wanted) return succeed(answer, began);
      refused.push(answer);
    } catch (error) {
      broken.push(error as Error);
    }
    return undefined;
  };
  const succeed = (answer: Answer, began: number): Answer => {
    const now = Date.now();
    times.push(now - began);
    gap_ms = Math.max(gap_ms, now - succeeded_at);
    succeeded_at = now;
    return answer;
  };
  const work = async (_: unknown, index: number): Promise<void> => {
    for (let turn = index; running; turn += 1) {
      const client = clients[turn % clients.length] as Client;
      const customer = await ask(client.create(), 201);
      if (customer !== undefined) {
        const customer_id = String(customer.body['customer_id']);
        created.push(customer_id);
        if ((await ask(client.read(customer_id), 200)) !== undefined) read += 1;
      }
      await ask(client.list(), 200);
      await ask(client.whoAmI(), 200);
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  };
  const all = Array.from({ length: concurrency }, work);
  const results = (): Results => ({
    requests,
    refused,
    broken,
    created,
    read,
    times,
    gap_ms: Math.max(gap_ms, running ? Date.now() - succeeded_at : 0),
  });
  return {
    results,
    async stop() {
      running = false;
      await Promise.all(all);
      gap_ms = Math.max(gap_ms, Date.now() - succeeded_at);
      return results();
    },
  };
}
