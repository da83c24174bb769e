import { serviceNames } from '@platform/allinone';
import { freePort } from '@platform/postgres';

/** Free ports between 10000 and 30000, as text for an environment. */
export async function freePorts<const N extends readonly string[]>(...names: N): Promise<Record<N[number], string>> {
  const ports = new Set<string>();
  while (ports.size < names.length) ports.add(String(await freePort()));
  return Object.fromEntries([...ports].map((port, index) => [names[index] as N[number], port])) as Record<
    N[number],
    string
  >;
}

/** Ports for the whole platform: PORT, and one for each service. */
export function platformPorts() {
  return freePorts(
    'PORT',
    ...serviceNames.map((name) => `${name.toUpperCase() as Uppercase<typeof name>}_PORT` as const),
  );
}
