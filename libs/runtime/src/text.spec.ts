import { expect, it } from '@jest/globals';
import { commaList, percentEncode } from './text.js';

it('a list has its entries without blanks around them, and no empty ones', () => {
  expect(commaList(' a, b b ,,c,')).toEqual(['a', 'b b', 'c']);
  expect(commaList('')).toEqual([]);
});

it('encodes as RFC 5849 wants it', () => {
  expect(percentEncode("AZaz09-._~ !*'()+/=&%é😀")).toBe(
    'AZaz09-._~%20%21%2A%27%28%29%2B%2F%3D%26%25%C3%A9%F0%9F%98%80',
  );
});
