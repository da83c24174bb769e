import { expect, it } from '@jest/globals';
import { createSecretBox } from './sealed-secret.js';

const [older, newer] = ['o'.repeat(32), 'n'.repeat(32)] as [string, string];

it('a sealed secret can be opened, and does not show', () => {
  const box = createSecretBox([older]);
  const sealed = box.seal('whsec_abc');
  expect(sealed).not.toContain('whsec');
  expect(box.seal('whsec_abc')).not.toBe(sealed);
  expect(box.open(sealed)).toBe('whsec_abc');
});

it('while the platform secret changes, either opens, and only the first is current', () => {
  const sealed = createSecretBox([older]).seal('whsec_abc');
  const box = createSecretBox([newer, older]);
  expect(box.open(sealed)).toBe('whsec_abc');
  expect(box.isCurrent(sealed)).toBe(false);
  expect(box.isCurrent(box.seal('whsec_abc'))).toBe(true);
});

it('another secret does not open it, and neither do changed bytes', () => {
  const box = createSecretBox([older]);
  const sealed = box.seal('whsec_abc');
  expect(() => createSecretBox([newer]).open(sealed)).toThrow(/rotate it/);
  const bytes = Buffer.from(sealed, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  expect(() => box.open(bytes.toString('base64'))).toThrow(/rotate it/);
});
