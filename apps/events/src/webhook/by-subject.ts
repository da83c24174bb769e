/** Something about a subject, whose order must be kept. */
export interface Ordered {
  readonly bank_id: string;
  readonly subject: string;
}

/**
 * Does work for each item: in order for one subject, and for several subjects at the same time. When the work fails for
 * an item, the later ones of its subject are left.
 * @param work returns whether it has succeeded
 * @returns the items that were left
 */
export async function bySubject<Item extends Ordered>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<boolean>,
): Promise<Item[]> {
  const lines = [...linesOf(items).values()];
  const left: Item[] = [];
  const walk = async (): Promise<void> => {
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
      while (line.length > 0 && (await work(line.shift() as Item)));
      left.push(...line);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, lines.length) }, walk));
  return left;
}

function linesOf<Item extends Ordered>(items: readonly Item[]): Map<string, Item[]> {
  const lines = new Map<string, Item[]>();
  for (const item of items) {
    const key = `${item.bank_id}/${item.subject}`;
    const line = lines.get(key);
    if (line === undefined) lines.set(key, [item]);
    else line.push(item);
  }
  return lines;
}
