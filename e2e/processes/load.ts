import type { Answer } from './rest.js';
import type { Session } from './session.js';

/** The client that the load uses. */
export type Client = Pick<Session, 'create' | 'read' | 'list' | 'whoAmI'>;

/** The results of a steady load. */
export interface Results {
  readonly requests: number;
  /** Responses other than the wanted ones. */
  readonly refused: readonly Answer[];
  /** Requests without a complete response. */
  readonly broken: readonly Error[];
  /** Ids of the customers that were acknowledged by a 201. */
  readonly created: readonly string[];
  readonly read: number;
  /** The time of each wanted response in milliseconds, in the order of their arrival. */
  readonly times: readonly number[];
  /** The longest time without a wanted response, in milliseconds. */
  readonly gap_ms: number;
}

export interface Load {
  /** The results so far. */
  results(): Results;
  /** Waits until the running requests have ended. */
  stop(): Promise<Results>;
}

/**
 * Keeps `concurrency` clients busy: each creates a customer, reads it, lists the bank's customers and asks who it is,
 * each time with the next of `clients`.
 */
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
