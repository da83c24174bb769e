import { describe, expect, it } from '@jest/globals';
import { isAttributeType } from './attribute-type.js';

describe('the type of an attribute', () => {
  it.each(['STRING', 'INTEGER', 'DOUBLE', 'DATE_WITH_DAY'])('may be %s', (text) => {
    expect(isAttributeType(text)).toBe(true);
  });

  it.each(['', 'string', ' STRING', 'DATE', 'toString', '__proto__'])('may not be %j', (text) => {
    expect(isAttributeType(text)).toBe(false);
  });
});
