import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on a loopback port, which simulates network faults between two processes. */
export interface Proxy {
  readonly port: number;
  /** Open connections stop forwarding, in either direction; later connections forward. */
  silence(): void;
  /** Forwards nothing and accepts no connection until it is resumed. */
  pause(): void;
  resume(): void;
  /** Everything that clients sent so far. */
  sent(): Buffer;
  close(): Promise<void>;
}

/**
 * @param to a port on 127.0.0.1
 * @param port the port to listen on; 0: any free one
 */
export async function createProxy(to: number, port = 0): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const sent: Buffer[] = [];
  let paused = false;
  const server = createServer((client) => {
    if (paused) return void client.on('error', () => undefined).destroy();
    const upstream = connect(to, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.on('data', (bytes) => sent.push(bytes));
    client.pipe(upstream).pipe(client);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        pairs.delete(pair);
        pair.forEach((one) => one.destroy());
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    silence() {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.removeAllListeners('data').pause();
        upstream.pause();
      }
    },
    pause() {
      paused = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    resume() {
      paused = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    sent: () => Buffer.concat(sent),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        pairs.forEach((pair) => pair.forEach((socket) => socket.destroy()));
      }),
  };
}
