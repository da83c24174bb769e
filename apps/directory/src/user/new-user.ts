import { fail } from '@platform/failure';
import { type CreateUserJson, Failure } from '@platform/messages';
import { isEmail } from './email.js';
import { isStrongPassword } from './password-strength.js';
import { isUsername } from './username.js';

/**
 * Checks the body of a new user.
 * @throws ObpFailure OBP-10001 naming the field, OBP-30207 for the password
 */
export function checkNewUser({ password, ...body }: CreateUserJson): void {
  if (!isUsername(body.username)) {
    refuse(
      'username must be an e-mail address, or 8 to 100 letters and digits with single dots or underscores between them.',
    );
  }
  if (!isEmail(body.email)) refuse('email must be an e-mail address.');
  if (body.first_name.trim() === '') refuse('first_name must not be empty.');
  if (body.last_name.trim() === '') refuse('last_name must not be empty.');
  if (!isStrongPassword(password)) fail(Failure.FAILURE_INVALID_PASSWORD_FORMAT);
}

function refuse(reason: string): never {
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${reason}`);
}
