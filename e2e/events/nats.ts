import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { freePort } from '@platform/postgres';
import { eventually } from '@platform/testing';

/** Whether nats-server is installed. */
export const hasNats = spawnSync('nats-server', ['--version']).status === 0;

/** A message of the stream. */
export interface Stored {
  readonly subject: string;
  /** Nats-Msg-Id */
  readonly id: string;
  readonly body: string;
}

/** A real nats-server with JetStream, which keeps its files when it is killed. */
export interface Nats {
  readonly url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** All messages of a stream. */
  stored(stream: string): Promise<Stored[]>;
  close(): Promise<void>;
}

export async function startNats(): Promise<Nats> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'nats-'));
  const url = `nats://127.0.0.1:${port}`;
  let server: ReturnType<typeof spawn> | undefined;
  const nats: Nats = {
    url,
    async start() {
      server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder], { stdio: 'ignore' });
      await eventually(10_000, 'nats-server to listen', () => listens(port));
    },
    async kill() {
      const ended = new Promise((resolve) => server?.once('exit', resolve));
      server?.kill('SIGKILL');
      await ended;
    },
    async stored(stream) {
      const connection = await connect({ servers: url });
      try {
        return await messagesOf(connection, stream);
      } finally {
        await connection.close();
      }
    },
    async close() {
      await nats.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await nats.start();
  return nats;
}

async function messagesOf(connection: NatsConnection, stream: string): Promise<Stored[]> {
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info(stream);
  const found: Stored[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage(stream, { seq });
    if (message === null) continue;
    found.push({ subject: message.subject, id: message.header.get('Nats-Msg-Id'), body: message.string() });
  }
  return found;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
