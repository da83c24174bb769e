import { callerKey } from '@platform/entitlements';
import { type CallContext, createPeer, type Peer, type Rpc } from '@platform/grpc';
import { prepareDatabase, type RunningService, type ServiceDefinition } from '@platform/service';
import { createTestDatabase, isOnCitus } from '@platform/testing';
import { Client, type QueryResultRow } from 'pg';
import { contextFor, secret } from './callers.js';

/** A service over real gRPC, with its own database. By default its caller has every role. */
export interface ServiceUnderTest {
  /** The database's URL. */
  readonly url: string;
  call<Request extends object, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    context?: CallContext,
  ): Promise<Response>;
  /** All messages of a stream. */
  messages<Request extends object, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    context?: CallContext,
  ): Promise<Response[]>;
  /** A second service on the same database. */
  replica(): Promise<{ peer: Peer; close(): Promise<void> }>;
  sql<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops the service and starts it again on the same database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The settings that all services have. */
export interface CommonSettings {
  readonly host: string;
  readonly port: number;
  readonly database_url: string;
  readonly database_pool: number;
  readonly caller_secret: string;
  readonly journal_key: string;
}

export interface ServiceUnderTestOptions {
  readonly name: string;
  readonly database: Pick<ServiceDefinition, 'entities' | 'migrations'>;
  readonly create: (settings: CommonSettings) => Promise<RunningService>;
  /** Connections for commands. */
  readonly pool?: number;
}

export async function startService({
  name,
  database: definition,
  create,
  pool = 4,
}: ServiceUnderTestOptions): Promise<ServiceUnderTest> {
  const database = await createTestDatabase(name, (url) => prepareDatabase(definition, url, isOnCitus()));
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  const open = async () => {
    const service = await create({
      host: '127.0.0.1',
      port: 0,
      database_url: database.url,
      database_pool: pool,
      caller_secret: secret,
      journal_key: 'protects the journals of all tests',
    });
    const peer = createPeer(`127.0.0.1:${service.port}`, callerKey);
    const close = async () => {
      peer.close();
      await service.close();
    };
    return { peer, close };
  };
  let running: Awaited<ReturnType<typeof open>> | undefined = await open();
  const peer = (): Peer => {
    if (running === undefined) throw new Error('the service is stopped');
    return running.peer;
  };
  const stop = async () => {
    await running?.close();
    running = undefined;
  };
  const start = async () => void (running = await open());
  return {
    url: database.url,
    call: (method, request, context = contextFor(method, request)) => peer().call(method, request, context),
    async messages<Request extends object, Response>(
      method: Rpc<Request, Response>,
      request: Request,
      context = contextFor(method, request),
    ) {
      const messages: Response[] = [];
      for await (const message of peer().stream(method, request, context)) messages.push(message);
      return messages;
    },
    replica: open,
    async sql<Row extends QueryResultRow>(text: string, values?: unknown[]) {
      return (await admin.query<Row>(text, values)).rows;
    },
    stop,
    start,
    async restart() {
      await stop();
      await start();
    },
    async close() {
      await stop();
      await admin.end();
      await database.close();
    },
  };
}
