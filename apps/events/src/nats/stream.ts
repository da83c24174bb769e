import { type JetStreamClient, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@platform/runtime';
import type { NatsConfig } from '../config.js';
import { natsSubjects } from './subject.js';

/** A JetStream stream that events are published to. */
export interface EventStream {
  /** Resolves when the stream has stored the event, or knows its id. @throws Error when it has not */
  publish(subject: string, id: string, body: string): Promise<void>;
  close(): Promise<void>;
}

const answer_ms = 5_000;

/**
 * Connects to NATS; a connection that breaks is opened again by itself.
 * @throws Error when no server answers
 */
export async function openStream({ servers, credentials, stream }: NatsConfig, log: Logger): Promise<EventStream> {
  const connection = await connect({
    servers: [...servers],
    name: 'customer-platform events',
    timeout: answer_ms,
    maxReconnectAttempts: -1,
    ...(credentials === '' ? {} : { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) }),
  });
  try {
    await requireStream(connection, stream, log);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const client: JetStreamClient = jetstream(connection, { timeout: answer_ms });
  return {
    async publish(subject, id, body) {
      // Nothing is said about the sequence: with it, a repeated message is an error instead of a duplicate.
      await client.publish(subject, body, { msgID: id });
    },
    close: () => connection.close(),
  };
}

/** Creates the stream unless it is there. Its owner may have other limits for it: they are left alone. */
async function requireStream(connection: NatsConnection, name: string, log: Logger): Promise<void> {
  const manager = await jetstreamManager(connection, { timeout: answer_ms });
  try {
    await manager.streams.info(name);
  } catch {
    await manager.streams.add({ name, subjects: [natsSubjects] });
    log.info({ stream: name }, 'created the stream in NATS');
  }
}
