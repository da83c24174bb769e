import proxyAddr from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';
import type { IncomingMessage } from 'node:http';

/** The address of a request, as limits count it. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * Reads X-Forwarded-For from its end, as far as trusted proxies wrote it. Entries that are not IP addresses, or that
 * others wrote, are ignored: then the address of the connection is used.
 * @param trusted addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal` and `uniquelocal`
 * @throws TypeError for any other entry
 */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const trust = proxyAddr.compile([...trusted]);
  return (request) => counted(proxyAddr(request, trust)) ?? counted(request.socket.remoteAddress ?? '') ?? '';
}

/** An IPv6 client has a whole network and can use any address in it, so the network is counted. */
function counted(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.split('%')[0]}/64`).toString()}/64`;
}
