import { expect, it } from '@jest/globals';
import { createKeyWrap, decrypt, encrypt } from './value-cipher.js';

const secret = 'a secret of thirty-two characters';
const newer = 'another secret of thirty-two chars';

it('decrypts what it encrypted, with the unwrapped key, and only about the same', () => {
  const wrap = createKeyWrap(secret);
  const { key, wrapped } = wrap.create();
  const bytes = encrypt(key, '{"legal_name":"a name"}', 'bank/customer/1');
  expect(bytes.includes('a name')).toBe(false);
  expect(decrypt(wrap.unwrap(wrapped), bytes, 'bank/customer/1')).toBe('{"legal_name":"a name"}');
  expect(() => decrypt(key, bytes, 'bank/customer/2')).toThrow();
  bytes[14] = (bytes[14] as number) ^ 1;
  expect(() => decrypt(key, bytes, 'bank/customer/1')).toThrow();
});

it('encrypts the same text differently each time', () => {
  const { key } = createKeyWrap(secret).create();
  expect(encrypt(key, 'x', '').equals(encrypt(key, 'x', ''))).toBe(false);
});

it('unwraps keys of an old secret while both are set, and says which setting lacks it afterwards', () => {
  const { wrapped } = createKeyWrap(secret).create();
  expect(createKeyWrap(`${newer},${secret}`).unwrap(wrapped).symmetricKeySize).toBe(32);
  expect(() => createKeyWrap(newer).unwrap(wrapped)).toThrow('JOURNAL_KEY');
});

it('accepts signatures of both secrets, and of no other', () => {
  const old = createKeyWrap(secret).sign('head');
  expect(createKeyWrap(`${newer},${secret}`).isSigned('head', old)).toBe(true);
  expect(createKeyWrap(newer).isSigned('head', old)).toBe(false);
  expect(createKeyWrap(secret).isSigned('another head', old)).toBe(false);
});
