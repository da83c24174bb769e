import { describe, expect, it } from '@jest/globals';
import { Failure, type SandboxUser } from '@platform/messages';
import { checkUsers } from './import-user.js';

const user = (change: Partial<SandboxUser> = {}): SandboxUser => ({
  email: 'robert@example.com',
  password: 'a-password-of-a-user',
  user_name: 'robert.xuvius',
  ...change,
});

describe('users of an import', () => {
  it('may share e-mail and password, not the name', () => {
    expect(() => checkUsers([user(), user({ user_name: 'robert@example.com' })])).not.toThrow();
    expect(() => checkUsers([user(), user()])).toThrow('users[1].user_name is that of users[0] already.');
  });

  it.each([
    ['no e-mail', { email: '' }, 'users[1].email must be an e-mail address.'],
    ['a bad e-mail', { email: 'robert' }, 'users[1].email must be an e-mail address.'],
    ['no name', { user_name: '' }, 'users[1].user_name must be'],
    ['a short name', { user_name: 'bob' }, 'users[1].user_name must be'],
    ['NUL in the name', { user_name: 'robert.xuvius\0' }, 'users[1].user_name must not contain the NUL character.'],
  ])('are refused with %s', (_what, change, fault) =>
    expect(() => checkUsers([user(), user({ user_name: 'someone.else', ...change })])).toThrow(fault),
  );

  it.each(['', 'weak', 'no-number-in-it', 'x'.repeat(513)])(
    'are refused with the password %j, which is not repeated',
    (password) => {
      const refused = expect.objectContaining({
        failure: Failure.FAILURE_INVALID_PASSWORD_FORMAT,
        detail: ' (users[1].password)',
      });
      expect(() => checkUsers([user(), user({ user_name: 'someone.else', password })])).toThrow(refused);
    },
  );
});
