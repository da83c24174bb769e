import type { CustomerKey } from '@platform/messages';

/** A customer's key as text, for maps. Ids contain no slash. */
export function keyText({ bank_id, customer_id }: CustomerKey): string {
  return `${bank_id}/${customer_id}`;
}

/** Each key once: a service may answer a repeated key twice. */
export function distinct(keys: readonly CustomerKey[]): CustomerKey[] {
  return [
    ...new Map(
      keys.map(({ bank_id, customer_id }) => [keyText({ bank_id, customer_id }), { bank_id, customer_id }]),
    ).values(),
  ];
}

/** Groups entries by customer, in the order in which they came. A customer may come several times. */
export function byCustomer<Entry extends { readonly key: CustomerKey | null }, Item>(
  entries: readonly Entry[],
  itemsOf: (entry: Entry) => readonly Item[],
): (key: CustomerKey) => Item[] {
  const found = new Map<string, Item[]>();
  for (const entry of entries) {
    if (entry.key === null) continue;
    const text = keyText(entry.key);
    const items = found.get(text) ?? [];
    if (items.length === 0) found.set(text, items);
    for (const item of itemsOf(entry)) items.push(item);
  }
  return (key) => found.get(keyText(key)) ?? [];
}
