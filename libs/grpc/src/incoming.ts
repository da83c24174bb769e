import { fail, ObpFailure, UntrustedCaller } from '@platform/failure';
import { checkRequest } from '@platform/input';
import { type CallerAssertion, Failure } from '@platform/messages';
import type { Logger } from '@platform/runtime';
import type { Call } from './rpc.js';

/** Authorizes calls, and logs those that fail. */
export interface Reception {
  /** Refuses by throwing a failure. */
  readonly authorize: (path: string, request: unknown, assertion: Uint8Array | undefined) => CallerAssertion;
  readonly log: Logger;
}

/** An arriving call, by an exchange or by plain gRPC. */
export interface Incoming {
  readonly path: string;
  readonly assertion: Uint8Array | undefined;
  readonly correlation_id: string;
  /** Whether the connection that carried it may speak for a service. */
  readonly isFrom: (service: string) => boolean;
  /** Whether its caller no longer waits. */
  readonly isOver: boolean;
  whenOver(then: () => void): void;
  /** When it must be answered, as `performance.now()`. */
  readonly deadline: number;
}

/** Authorizes and checks a call. @throws the failure that refuses it */
export function openCall(incoming: Incoming, request: object, { authorize, log }: Reception): Call {
  // Otherwise a command would be stored although its caller was told that it was late, and will send it again.
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

/** Logs an error whose cause the caller is not told. */
export function report(
  error: unknown,
  { path, correlation_id }: Pick<Incoming, 'path' | 'correlation_id'>,
  log: Logger,
): void {
  // A failure is told to the caller, and an untrusted caller was logged where it was refused.
  if (error instanceof ObpFailure || error instanceof UntrustedCaller) return;
  log.error({ err: error, rpc: path, correlation_id }, 'rpc failed');
}
