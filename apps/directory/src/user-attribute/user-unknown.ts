import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** The text is OBP's, with a space at its end. @throws ObpFailure OBP-20057 */
export function userUnknownById(user_id: string): never {
  return fail(Failure.FAILURE_USER_NOT_FOUND_BY_ID, ` Current USER_ID(${user_id}) `);
}
