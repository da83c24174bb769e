import { expect, it } from '@jest/globals';
import { constraintOf } from './constraint.js';

const violation = (message: string, constraint?: string) =>
  constraintOf(Object.assign(new Error(message), constraint === undefined ? {} : { constraint }));

it('is the one that the server names', () => {
  const text = 'duplicate key value violates unique constraint "customer_number_unique"';
  expect(violation(text, 'customer_number_unique')).toBe('customer_number_unique');
  expect(violation(text, 'line_2')).toBe('line_2');
});

it.each([
  ['duplicate key value violates unique constraint "customer_number_unique_102008"', 'customer_number_unique'],
  ['duplicate key value violates unique constraint "bank_pkey_102040"', 'bank_pkey'],
  [
    'insert or update on table "customer_address_102052" violates foreign key constraint "customer_address_customer_fkey_102052"',
    'customer_address_customer_fkey',
  ],
])('is that of the table when a shard names it: %s', (text, name) => {
  expect(violation(text)).toBe(name);
});

it('is never one that a value contains', () => {
  const wrapped = (end: string) => `insert into "agent" values ('a constraint "outbox_pkey_1"') - ${end}`;
  expect(violation(wrapped('duplicate key value violates unique constraint "agent_number_unique_102009"'))).toBe(
    'agent_number_unique',
  );
  expect(
    violation(
      wrapped(
        'duplicate key value violates unique constraint "agent_number_unique_102009"\n - detail: Key (agent_number)=(a constraint "x_1") already exists.',
      ),
    ),
  ).toBe('agent_number_unique');
  expect(violation(wrapped('something else'))).toBeUndefined();
});
