interface Closable {
  close(): Promise<void> | void;
}

/** Closes what a test has opened when the test ends, the last one first. */
export function createOpen(): { opened<T extends Closable>(one: T): T; closeAll(): Promise<void> } {
  const open: Closable[] = [];
  return {
    opened(one) {
      open.push(one);
      return one;
    },
    async closeAll() {
      for (const one of open.splice(0).reverse()) await one.close();
    },
  };
}
