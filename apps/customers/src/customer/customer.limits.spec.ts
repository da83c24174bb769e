import { describe, expect, it } from '@jest/globals';
import { checkBody, customerLimits } from './customer.limits.js';

/** A body with one text at a dotted path. */
const bodyWith = (path: string, text: string): object => path.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), text) as object;

describe('limits of a customer', () => {
  it.each(Object.entries(customerLimits))('%s takes %i characters and no more', (path, limit) => {
    expect(() => checkBody(bodyWith(path, '😀'.repeat(limit)))).not.toThrow();
    expect(() => checkBody(bodyWith(path, 'x'.repeat(limit + 1)))).toThrow(`OBP-10001: Incorrect json format. ${path} must not be longer than ${limit} characters.`);
  });

  it.each(['2024-03-05', '2024-03-05T12:14:22.434Z', '2024-03-05T12:14:22+01:00', '', 'infinity', '20240305T121422Z'])('%s is no date', (text) => {
    for (const body of [{ date_of_birth: text }, { last_ok_date: text }, { face_image: { date: text } }, { dob_of_dependants: [text] }]) {
      expect(() => checkBody(body)).toThrow(/^OBP-10001: Incorrect json format\. \S+ must be a date like 2013-01-21T23:08:00Z\.$/);
    }
  });

  it('takes absent dates', () => {
    expect(() => checkBody({ date_of_birth: null, face_image: null, dob_of_dependants: [] })).not.toThrow();
  });
});
