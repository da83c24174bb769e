/** By the database's URL: the callbacks of the parts of this process that have connections to it. */
const parts = new Map<string, Set<() => void>>();

/**
 * What silenced one connection to a database may have silenced all others that were open, in any part of the process,
 * and each of them would cost a caller the full timeout.
 * @param renew replaces the open connections
 * @returns a function that ends it
 */
export function whenSilent(url: string, renew: () => void): () => void {
  const own = parts.get(url) ?? new Set();
  parts.set(url, own.add(renew));
  return () => {
    own.delete(renew);
    if (own.size === 0) parts.delete(url);
  };
}

/** Reports that a connection to the database went silent: all parts replace their connections. */
export function tellSilence(url: string): void {
  for (const renew of [...(parts.get(url) ?? [])]) renew();
}
