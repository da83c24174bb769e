interface Closable {
  close(): Promise<void> | void;
}

/** What a test has opened, to be closed when it ends, the last one first. */
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
