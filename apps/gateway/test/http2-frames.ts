import { connect, type Socket } from 'node:net';

export const types = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  continuation: 9,
} as const;
export const flags = { endStream: 1, ack: 1, endHeaders: 4 } as const;
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** A header field that does not use the compression tables. */
export const literal = (name: string, value: string) =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
/** GET / of http://a */
export const getRoot = Buffer.concat([Buffer.from([0x82, 0x86, 0x84]), literal(':authority', 'a')]);
/** The same, with a header that HTTP/2 forbids. */
export const getMalformed = Buffer.concat([getRoot, literal('Upper-Case', 'x')]);

export function frame(type: number, set = 0, stream = 0, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(set, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export const request = (stream: number, block = getRoot) =>
  frame(types.headers, flags.endHeaders | flags.endStream, stream, block);
export const reset = (stream: number) => frame(types.reset, 0, stream, Buffer.from([0, 0, 0, 8]));
export const ping = frame(types.ping, 0, 0, Buffer.alloc(8));

export interface RawSession {
  readonly socket: Socket;
  /** The frames received, as type and payload. */
  readonly frames: readonly (readonly [type: number, payload: Buffer])[];
  /** Milliseconds until the server ended the connection. */
  readonly ended: Promise<number>;
  write(...parts: Buffer[]): void;
}

/**
 * A client that sends these frames and keeps its side of the connection open.
 * @param answers whether it acknowledges pings
 */
export function openRaw(port: number, { first = frame(types.settings), answers = true } = {}): Promise<RawSession> {
  return new Promise((resolve, reject) => {
    const since = Date.now();
    const frames: [number, Buffer][] = [];
    let rest = Buffer.alloc(0);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const ended = new Promise<number>((done) =>
      socket.once('end', () => done(Date.now() - since)).once('close', () => done(Date.now() - since)),
    );
    socket.on('data', (chunk: Buffer) => {
      for (
        rest = Buffer.concat([rest, chunk]);
        rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3);
        rest = rest.subarray(9 + rest.readUIntBE(0, 3))
      ) {
        const [type, set, payload] = [
          rest.readUInt8(3),
          rest.readUInt8(4),
          Buffer.from(rest.subarray(9, 9 + rest.readUIntBE(0, 3))),
        ];
        frames.push([type, payload]);
        if (answers && type === types.ping && (set & flags.ack) === 0)
          socket.write(frame(types.ping, flags.ack, 0, payload));
      }
    });
    socket.once('connect', () => {
      socket.off('error', reject).on('error', () => undefined);
      socket.write(Buffer.concat([preface, first]));
      resolve({ socket, frames, ended, write: (...parts) => void socket.write(Buffer.concat(parts)) });
    });
    socket.once('error', reject);
  });
}
