import proxyAddr from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';
import type { IncomingMessage } from 'node:http';

/** Where a request comes from, as its limits count it. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * Reads X-Forwarded-For from its end, as far as trusted proxies wrote it. What is no IP address there, and what anybody else
 * wrote, counts for nothing: the address is then that of the connection.
 * @param trusted addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal` and `uniquelocal`
 * @throws TypeError for anything else
 */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const trust = proxyAddr.compile([...trusted]);
  return (request) => counted(proxyAddr(request, trust)) ?? counted(request.socket.remoteAddress ?? '') ?? '';
}

/** An IPv6 client has a network of its own, and takes what address it likes from it: the network counts. */
function counted(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.split('%')[0]}/64`).toString()}/64`;
}
