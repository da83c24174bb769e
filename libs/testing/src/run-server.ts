interface RunServer {
  close(): Promise<void>;
}

// Jest loads set-up and tear-down as separate module graphs of one process: they share only the global object.
const KEY = Symbol.for('platform.testing.server');
const shared = globalThis as { [KEY]?: RunServer };

/** Hands the run's server to the tear-down. */
export function keepServer(server: RunServer): void {
  shared[KEY] = server;
}

/** Closes the run's server, if this run started one. */
export async function closeServer(): Promise<boolean> {
  const server = shared[KEY];
  delete shared[KEY];
  await server?.close();
  return server !== undefined;
}
