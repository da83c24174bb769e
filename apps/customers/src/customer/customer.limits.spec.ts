import { describe, expect, it } from '@jest/globals';
import { checkBody, customerLimits } from './customer.limits.js';

/** A body with one text at a dotted path. */
const bodyWith = (path: string, text: string): object => path.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), text) as object;

describe('limits of a customer', () => {
  it.each(Object.entries(customerLimits))('%s takes %i characters and no more', (path, limit) => {
    expect(() => checkBody(bodyWith(path, '😀'.repeat(limit)))).not.toThrow();
    expect(() => checkBody(bodyWith(path, 'x'.repeat(limit + 1)))).toThrow(`OBP-10001: Incorrect json format. ${path} must not be longer than ${limit} characters.`);
  });
});
