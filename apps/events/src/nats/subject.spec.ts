import { expect, it } from '@jest/globals';
import { natsSubject } from './subject.js';

it('a bank is one part of the subject, whatever its id', () => {
  const parts = { kind: 'customer', action: 'created' };
  expect(natsSubject({ ...parts, bank_id: 'gh.29.uk' })).toBe('customers.events.gh%2E29%2Euk.customer.created');
  expect(natsSubject({ ...parts, bank_id: 'a * > b' })).toBe('customers.events.a%20%2A%20%3E%20b.customer.created');
});
