import { requestTime_ms, type Rpc } from '@platform/grpc';
import type { Backend } from '../../calls/backend.js';

/** Enough to keep two processes busy; with more, early callers would wait for late ones. */
export const batches = { limit: 100, parallel: 2 } as const;

/** Concurrent calls of a look-up of more than a thousand records. */
export const callsAtOnce = { atOnce: 4 } as const;

/** Calls a service that answers in several messages, and collects their items. */
export async function lookUp<Request, Message, Item>(
  backend: Backend,
  method: Rpc<Request, Message>,
  request: Request,
  itemsOf: (message: Message) => readonly Item[],
  correlation_id: string,
  timeout_ms = requestTime_ms,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const message of backend.asServiceStream(method, request, correlation_id, { timeout_ms })) {
    for (const item of itemsOf(message)) items.push(item);
  }
  return items;
}
