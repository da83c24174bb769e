import { checkRequest, fail, ObpFailure, UntrustedCaller } from '@platform/failure';
import { type CallerAssertion, Failure } from '@platform/messages';
import type { Logger } from '@platform/runtime';
import type { Call } from './rpc.js';

/** Decides about calls and hears of those that fail. */
export interface Reception {
  /** Refuses by throwing a failure. */
  readonly authorize: (path: string, request: unknown, assertion: Uint8Array | undefined) => CallerAssertion;
  readonly log: Logger;
}

/** A call as it arrives, whatever carried it. */
export interface Incoming {
  readonly path: string;
  readonly assertion: Uint8Array | undefined;
  readonly correlation_id: string;
  /** Whether the connection that carried it may speak for a service. */
  readonly isFrom: (service: string) => boolean;
  /** Whether nobody waits for it any more. */
  readonly isOver: boolean;
  whenOver(then: () => void): void;
  /** When it must be answered, of `performance.now()`. */
  readonly deadline: number;
}

/** Lets a call in. @throws whatever refuses it */
export function openCall(incoming: Incoming, request: object, { authorize, log }: Reception): Call {
  // A command would be stored, and sent again by a caller who was told that it was late.
  if (incoming.isOver) fail(Failure.FAILURE_REQUEST_TIMEOUT);
  const { path, correlation_id } = incoming;
  const caller = authorize(path, request, incoming.assertion);
  if (!incoming.isFrom(caller.issuer)) {
    log.warn({ rpc: path, issuer: caller.issuer }, 'an assertion came over a connection of another service');
    throw new UntrustedCaller();
  }
  checkRequest(path, request);
  return {
    caller,
    correlation_id,
    signal: () => {
      const controller = new AbortController();
      if (incoming.isOver) controller.abort();
      else incoming.whenOver(() => controller.abort());
      return controller.signal;
    },
  };
}

/** Logs what a caller is told nothing of. */
export function report(
  error: unknown,
  { path, correlation_id }: Pick<Incoming, 'path' | 'correlation_id'>,
  log: Logger,
): void {
  // Whoever decided about the caller has said so.
  if (error instanceof ObpFailure || error instanceof UntrustedCaller) return;
  log.error({ err: error, rpc: path, correlation_id }, 'rpc failed');
}
