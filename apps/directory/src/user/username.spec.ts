import { describe, expect, it } from '@jest/globals';
import { isEmail } from './email.js';
import { isUsername } from './username.js';

describe('username', () => {
  it.each(['robert.x', 'felixsmith', 'a.b_c.d1', 'x'.repeat(100), 'a@b.de', 'susan.uk.29@example.com'])(
    'accepts %s',
    (name) => {
      expect(isUsername(name)).toBe(true);
    },
  );

  it.each([
    '',
    'short.x',
    'x'.repeat(101),
    '.robert.x',
    'robert.x_',
    'robert..x',
    'robert._x',
    'robert x1',
    'röbert.x',
    'robert-x',
    'robert.x\n',
    'a@b',
    '@example.com',
  ])('refuses %j', (name) => {
    expect(isUsername(name)).toBe(false);
  });
});

describe('e-mail address', () => {
  it.each(['a@b.de', "o'neil+tag@mail.example.com"])('accepts %s', (address) => expect(isEmail(address)).toBe(true));

  it.each([
    '',
    'a',
    'a@b',
    'a@@b.de',
    'a b@c.de',
    'a@b..de',
    'a@.de',
    `${'x'.repeat(251)}@b.de`,
    'a@b.de\0',
    'a@b.de\n',
  ])('refuses %j', (address) => {
    expect(isEmail(address)).toBe(false);
  });
});
