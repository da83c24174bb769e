import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { localAddress } from './exchange/in-memory.js';

/** Finds the addresses of a host. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Resolves as the operating system does, its hosts file included. */
export const resolveByMachine: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** How often names are looked up again: new replicas are used, and replicas that are gone are dropped. */
const again_ms = 2_000;

/**
 * Follows the addresses of targets.
 * @param targets "host:port", or several of them separated by commas
 * @param changed called with the addresses, each "1.2.3.4:50051" or "[::1]:50051": at once when no target is a name,
 * and at each change
 */
export function followAddresses(
  targets: string,
  resolve: Resolve,
  changed: (addresses: readonly string[]) => void,
): { stop(): void } {
  if (localAddress(targets) !== undefined) {
    changed([targets]);
    return { stop: () => undefined };
  }
  const list = targets.split(',').map((target) => splitTarget(target.trim()));
  const known = new Map<string, readonly string[]>(
    list.filter(({ host }) => isIP(host) > 0).map(({ host }) => [host, [host]]),
  );
  let last = '';
  const tell = (): void => {
    const addresses = [
      ...new Set(
        list.flatMap(({ host, port }) =>
          (known.get(host) ?? []).map((address) =>
            address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
          ),
        ),
      ),
    ];
    if (addresses.join() === last) return;
    last = addresses.join();
    changed(addresses);
  };
  const names = [...new Set(list.map(({ host }) => host).filter((host) => isIP(host) === 0))];
  let stopped = false;
  const look = async (): Promise<void> => {
    // When a look-up fails, the name's last addresses stay in use.
    await Promise.all(
      names
        .map(async (name) => known.set(name, [...(await resolve(name))].sort()).get(name))
        .map((looking) => looking.catch(() => undefined)),
    );
    if (stopped) return;
    tell();
    timer = setTimeout(() => void look(), again_ms).unref();
  };
  let timer: NodeJS.Timeout | undefined;
  tell();
  if (names.length > 0) void look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** "[::1]:80" and "host:80" */
function splitTarget(target: string): { host: string; port: string } {
  const at = target.lastIndexOf(':');
  return { host: target.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: target.slice(at + 1) };
}
