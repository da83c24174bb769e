import type { Call } from '@platform/grpc';

/** Who changes records, and in which call. A call of an rpc is one. */
export interface Author {
  readonly caller: Pick<Call['caller'], 'user_id' | 'consumer_id' | 'issuer' | 'rpc'>;
  readonly correlation_id: string;
}

/** The author of a change that a service makes by itself, for a task of its outbox. */
export function ownAuthor(service: string, task: string, correlation_id: string): Author {
  return { caller: { user_id: '', consumer_id: '', issuer: service, rpc: task }, correlation_id };
}

/** An author as the columns of an entry. */
export interface AuthorColumns {
  readonly operation: string;
  readonly user_id: string;
  readonly consumer_id: string;
  readonly service: string;
  readonly correlation_id: string;
}

export function authorColumnsOf({ caller, correlation_id }: Author): AuthorColumns {
  const { rpc, user_id, consumer_id, issuer } = caller;
  return { operation: rpc, user_id, consumer_id, service: issuer, correlation_id };
}
