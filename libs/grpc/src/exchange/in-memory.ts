import type { FrameStream, Listener } from './frame-stream.js';

/** A server of this process that takes exchanges without a socket. */
export interface LocalServer {
  /** Opens an exchange. @returns the client's side of its stream */
  accept(client: Listener): FrameStream;
  /** Whether calls would succeed. */
  isServing(): boolean;
}

const prefix = 'memory:';
const servers = new Map<string, LocalServer>();

/** The address that reaches a server of this process without a socket. @param address "127.0.0.1:50051" */
export function inMemory(address: string): string {
  return `${prefix}${address}`;
}

/** @returns "127.0.0.1:50051" of an address in memory, undefined of any other */
export function localAddress(address: string): string | undefined {
  return address.startsWith(prefix) ? address.slice(prefix.length) : undefined;
}

export function findLocalServer(address: string): LocalServer | undefined {
  return servers.get(address);
}

/** @returns a function that removes the server again */
export function addLocalServer(address: string, server: LocalServer): () => void {
  servers.set(address, server);
  return () => void (servers.get(address) === server && servers.delete(address));
}
