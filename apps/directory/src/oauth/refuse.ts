import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** Refuses a signed request. @throws ObpFailure OBP-20001 with the reason */
export function refuse(reason: string): never {
  return fail(Failure.FAILURE_OAUTH_NOT_ACCEPTED, ` OAuth 1.0a: ${reason}`);
}
