import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** The body of a request; only a direct gRPC caller can leave it out. @throws ObpFailure OBP-10001 */
export function requireBody<T>(body: T | null | undefined): T {
  return body ?? fail(Failure.FAILURE_INVALID_JSON_FORMAT, ' The body is missing.');
}
