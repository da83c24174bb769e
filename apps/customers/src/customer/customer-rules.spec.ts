import { describe, expect, it } from '@jest/globals';
import { checkDependants, checkNewNumber, normalEmail, randomNumber } from './customer-rules.js';

describe('rules of a customer', () => {
  it('wants as many dependants as birthdays', () => {
    expect(() => checkDependants(0, 0)).not.toThrow();
    expect(() => checkDependants(3, 3)).not.toThrow();
    expect(() => checkDependants(-1, 0)).toThrow(
      'OBP-10020: Incorrect json. The field dependants(-1) not equal the length(0) of dob_of_dependants array',
    );
  });

  it('keeps :::: out of a new number', () => {
    expect(() => checkNewNumber('a:::b')).not.toThrow();
    expect(() => checkNewNumber('::::')).toThrow(
      'OBP-10001: Incorrect json format. customer_number can not contain `::::` characters',
    );
  });

  it('generates decimal numbers below 2^31 - 1', () => {
    for (let i = 0; i < 1_000; i += 1) {
      const number = randomNumber();
      expect(number).toMatch(/^(0|[1-9]\d{0,9})$/);
      expect(Number(number)).toBeLessThan(2_147_483_647);
    }
  });

  it('trims e-mails and puts them in lower case', () => {
    expect(normalEmail(' Foo@Example.COM ')).toBe('foo@example.com');
  });
});
