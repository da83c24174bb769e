import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { serviceNames } from '@platform/allinone';

/** Ports between 10000 and 30000 that nothing listens on, as text for an environment. */
export async function freePorts<const N extends readonly string[]>(...names: N): Promise<Record<N[number], string>> {
  const ports: Record<string, string> = {};
  for (const name of names) ports[name] = await freePort(Object.values(ports));
  return ports;
}

/** Ports for the whole platform: PORT, and one for each service. */
export function platformPorts() {
  return freePorts('PORT', ...serviceNames.map((name) => `${name.toUpperCase() as Uppercase<typeof name>}_PORT` as const));
}

async function freePort(taken: readonly string[]): Promise<string> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    if (!taken.includes(String(port)) && (await isFree(port))) return String(port);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
