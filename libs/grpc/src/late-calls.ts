import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Logger } from '@platform/runtime';

const pause_ms = 1_000;

/** A call that failed. */
interface FailedCall {
  readonly path: string;
  readonly correlation_id: string;
  /** When it began, as `performance.now()`. */
  readonly since: number;
}

/**
 * Logs calls that a service did not answer in time. A service that hangs makes all its calls late, so there is at most
 * one line a second; it says how many calls had none since the last one.
 */
export function createLateCalls(
  service: string,
  log: Pick<Logger, 'warn'>,
): (error: unknown, call: FailedCall) => void {
  let said = -Infinity;
  let unsaid = 0;
  return (error, { path, correlation_id, since }) => {
    if (!(error instanceof ObpFailure) || error.failure !== Failure.FAILURE_REQUEST_TIMEOUT) return;
    const now = performance.now();
    if (now - said < pause_ms) {
      unsaid += 1;
      return;
    }
    const line = { service, rpc: path.slice(1), correlation_id, waited_ms: Math.round(now - since), others: unsaid };
    log.warn(line, 'a service did not answer in time');
    said = now;
    unsaid = 0;
  };
}
