import type { Answer } from './rest.js';
import type { Session } from './session.js';

/** What came back from a steady load. */
export interface Results {
  /** Answers that are not the wanted ones. */
  readonly refused: readonly Answer[];
  /** Requests without a whole answer. */
  readonly broken: readonly Error[];
  readonly created: number;
  readonly read: number;
}

export interface Load {
  /** So far. */
  results(): Results;
  /** Lets the running requests end. */
  stop(): Promise<Results>;
}

/** Keeps `concurrency` clients busy creating a customer, reading it, listing the bank's and asking who they are. */
export function startLoad(session: Session, concurrency = 8, pause_ms = 20): Load {
  const refused: Answer[] = [];
  const broken: Error[] = [];
  let created = 0;
  let read = 0;
  let running = true;

  const ask = async (request: Promise<Answer>, wanted: number): Promise<Answer | undefined> => {
    try {
      const answer = await request;
      if (answer.status === wanted) return answer;
      refused.push(answer);
    } catch (error) {
      broken.push(error as Error);
    }
    return undefined;
  };
  const client = async (): Promise<void> => {
    while (running) {
      const customer = await ask(session.create(), 201);
      if (customer !== undefined) {
        created += 1;
        if ((await ask(session.read(String(customer.body['customer_id'])), 200)) !== undefined) read += 1;
      }
      await ask(session.list(), 200);
      await ask(session.whoAmI(), 200);
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  };
  const clients = Array.from({ length: concurrency }, client);
  const results = (): Results => ({ refused, broken, created, read });
  return {
    results,
    async stop() {
      running = false;
      await Promise.all(clients);
      return results();
    },
  };
}
