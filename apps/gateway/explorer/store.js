/** A value that tells its readers when it changes. Values are replaced, never changed. */
export function createStore(initial) {
  let value = initial;
  const readers = new Set();
  return {
    get: () => value,
    change(part) {
      value = { ...value, ...part };
      for (const reader of [...readers]) reader(value);
    },
    /** @returns the function that ends it */
    subscribe(reader) {
      readers.add(reader);
      return () => readers.delete(reader);
    },
  };
}
