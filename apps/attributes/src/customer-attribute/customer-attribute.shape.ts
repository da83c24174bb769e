import type { AttributesOfCustomer, CustomerAttribute, CustomerKey } from '@platform/messages';
import type { StoredAttribute } from './customer-attribute.entity.js';

/** The published shape; queries select the same columns. */
export const attributeColumns = [
  'customer_attribute_id',
  'name',
  'type',
  'value',
  'version',
] as const satisfies readonly (keyof CustomerAttribute & keyof StoredAttribute)[];

/** An attribute of the customer with the key at `position`, counted from 1. */
export type PlacedAttribute = CustomerAttribute & { readonly position: number };

/** Groups rows by customer; they come customer by customer. */
export function groupedByCustomer(
  keys: readonly CustomerKey[],
  rows: readonly PlacedAttribute[],
): AttributesOfCustomer[] {
  const customers: AttributesOfCustomer[] = [];
  let last = 0;
  for (const { position, ...attribute } of rows) {
    if (position !== last) customers.push({ key: keys[position - 1] as CustomerKey, customer_attributes: [] });
    last = position;
    customers.at(-1)?.customer_attributes.push(attribute);
  }
  return customers;
}
