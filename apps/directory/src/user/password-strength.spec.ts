import { describe, expect, it } from '@jest/globals';
import { isStrongPassword } from './password-strength.js';

describe('password strength', () => {
  it.each(['aB3!aB3!aB', 'aB3!aB3!aB3!aB3!', 'aaaaaaaaaaaaaaaaa', 'seventeen letters', 'x'.repeat(512)])(
    'accepts %s',
    (password) => {
      expect(isStrongPassword(password)).toBe(true);
    },
  );

  it.each([
    ['', 'empty'],
    ['aB3!aB3!a', 'nine characters'],
    ['ab3!ab3!ab', 'no upper case'],
    ['AB3!AB3!AB', 'no lower case'],
    ['aBc!aBc!aB', 'no digit'],
    ['aB3daB3daB', 'no special character'],
    ['aB3 aB3 aB', 'a blank is not special'],
    ['a'.repeat(16), 'sixteen of one kind'],
    ['x'.repeat(513), 'too long'],
    ['pässword with umlauts', 'not ASCII'],
    ['a password with\na line', 'a control character'],
    ['a password with\0NUL', 'NUL'],
  ])('refuses %j: %s', (password) => {
    expect(isStrongPassword(password)).toBe(false);
  });
});
