import { fail } from '@platform/failure';
import { Failure, type SandboxUser } from '@platform/messages';
import { isEmail } from '../user/email.js';
import { isStrongPassword } from '../user/password-strength.js';
import { isUsername } from '../user/username.js';
import { checkItem, checkUnique, refuse } from './import-fault.js';

/** Checks the users of an import. @throws ObpFailure OBP-10001, or OBP-30207 for a password, naming the place */
export function checkUsers(users: readonly SandboxUser[]): void {
  users.forEach(({ password, ...user }, index) => {
    const place = `users[${index}]`;
    checkItem(place, user);
    if (!isEmail(user.email)) refuse(`${place}.email`, 'must be an e-mail address.');
    if (!isUsername(user.user_name)) {
      refuse(
        `${place}.user_name`,
        'must be an e-mail address, or 8 to 100 letters and digits with single dots or underscores between them.',
      );
    }
    if (!isStrongPassword(password)) fail(Failure.FAILURE_INVALID_PASSWORD_FORMAT, ` (${place}.password)`);
  });
  checkUnique('users', users, 'user_name', ({ user_name }) => user_name);
}
