import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pause } from './cluster.js';

/** Settings of a process whose memory is measured. */
export const measurable = { NODE_OPTIONS: `--import ${pathToFileURL(join(__dirname, 'collect-garbage.mjs')).href}` };

/** A client that stays slow until the server ends its request. */
export interface SlowClient {
  readonly kind: string;
  /** The time of the last transferred byte, or of the start, in milliseconds since 1970. */
  since(): number;
  /** Whether the server has ended the request, and with HTTP/1 its connection. */
  ended(): boolean;
  close(): void;
}

const drip_ms = 1_000;

/** Sends a request over HTTP/1.1 and reads nothing of the response. */
export async function openUnread(origin: string, path: string, token: string): Promise<SlowClient> {
  const socket = await open(origin);
  const port = socket.localPort as number;
  socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nDirectLogin: token=${token}\r\n\r\n`);
  let [waiting, moved_at] = ['', Date.now()];
  const ended = (): boolean => {
    // A client that does not read does not notice the end, so the operating system's connection table is read.
    const now = waitingBetween(Number(new URL(origin).port), port);
    if (now !== undefined && now !== waiting) [waiting, moved_at] = [now, Date.now()];
    return now === undefined;
  };
  return { kind: 'unread over HTTP/1.1', since: () => moved_at, ended, close: () => socket.destroy() };
}

/** Reads a whole response as fast as it arrives, and keeps nothing of it. */
export async function readAll(origin: string, path: string, token: string): Promise<void> {
  const socket = await open(origin);
  socket
    .resume()
    .write(
      `GET ${path} HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nConnection: close\r\nDirectLogin: token=${token}\r\n\r\n`,
    );
  await once(socket, 'close');
}

/** Sends so many requests over one HTTP/2 connection; reads control frames, but no data beyond the windows. */
export function openUnreadStreams(origin: string, path: string, token: string, streams: number): SlowClient[] {
  const session = connectHttp2(origin).on('error', () => undefined);
  const began = Date.now();
  return Array.from({ length: streams }, () => {
    const stream = session
      .request({ ':path': path, directlogin: `token=${token}` })
      .on('error', () => undefined)
      .pause();
    return {
      kind: 'unread over HTTP/2',
      since: () => began,
      ended: () => stream.closed || stream.destroyed,
      close: () => session.destroy(),
    };
  });
}

/** Sends headers byte by byte, without an end. */
export async function openSlowHeaders(origin: string): Promise<SlowClient> {
  const socket = await open(origin);
  return drip(socket, 'slow headers', `GET / HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nX-Long: `, () => 'x');
}

/** Sends a body byte by byte, which never becomes complete. */
export async function openSlowBody(origin: string, path: string, token: string): Promise<SlowClient> {
  const socket = await open(origin);
  const head = `POST ${path} HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nDirectLogin: token=${token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
  return drip(socket, 'slow body', head, () => ' ');
}

function drip(socket: Socket, kind: string, first: string, next: () => string): SlowClient {
  socket.resume().write(first);
  const dripping = setInterval(() => socket.writable && socket.write(next()), drip_ms);
  socket.once('close', () => clearInterval(dripping));
  const began = Date.now();
  return { kind, since: () => began, ended: () => socket.destroyed, close: () => socket.destroy() };
}

function open(origin: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => resolve(socket));
    socket.once('error', reject).on('error', () => undefined);
  });
}

/**
 * Waits until all have ended. @returns for each kind the seconds until the last one was ended; Infinity when one had
 * not ended after `limit_ms`
 */
export async function endsOf(clients: readonly SlowClient[], limit_ms: number): Promise<Map<string, number>> {
  const since = Date.now();
  const ends = new Map<string, number>();
  const left = new Set(clients);
  while (left.size > 0 && Date.now() - since < limit_ms) {
    await pause(250);
    for (const client of left) {
      if (!client.ended()) continue;
      left.delete(client);
      ends.set(client.kind, Math.max(ends.get(client.kind) ?? 0, (Date.now() - client.since()) / 1_000));
    }
  }
  for (const { kind } of left) ends.set(kind, Infinity);
  return ends;
}

const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

/**
 * The waiting bytes at both ends of a loopback connection, as Linux reports them; undefined when the server's end is
 * closed.
 */
function waitingBetween(server: number, client: number): string | undefined {
  const connections = readFileSync('/proc/net/tcp', 'utf8');
  const waiting = (from: number, to: number, state: string) =>
    new RegExp(`0100007F:${hex(from)} 0100007F:${hex(to)} ${state} (\\S+)`).exec(connections)?.[1];
  const sent = waiting(server, client, '01');
  return sent === undefined ? undefined : `${sent} ${waiting(client, server, '..')}`;
}

/** The resident memory of processes in MB, as Linux reports it. */
export function residentMegabytes(pids: readonly number[]): number {
  return (
    pids.reduce(
      (sum, pid) => sum + Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
      0,
    ) / 1_024
  );
}

/** The same after they have freed unused memory, which they would otherwise do later. */
export async function neededMegabytes(pids: readonly number[]): Promise<number> {
  for (const _ of [1, 2]) {
    pids.forEach((pid) => process.kill(pid, 'SIGUSR2'));
    await pause(1_000);
  }
  return residentMegabytes(pids);
}
