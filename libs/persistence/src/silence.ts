/** What to do in each part of a process whose connections to a database stand, by the database's URL. */
const parts = new Map<string, Set<() => void>>();

/**
 * What silenced one connection to a database may have silenced all that stood beside it, whoever they belong to, and each would cost
 * somebody the whole wait to find out.
 * @param renew puts others in the place of the connections that stand
 * @returns ends it
 */
export function whenSilent(url: string, renew: () => void): () => void {
  const own = parts.get(url) ?? new Set();
  parts.set(url, own.add(renew));
  return () => {
    own.delete(renew);
    if (own.size === 0) parts.delete(url);
  };
}

/** A connection to the database went silent: tells all parts that have some. */
export function tellSilence(url: string): void {
  for (const renew of [...(parts.get(url) ?? [])]) renew();
}
