import type { MikroORM } from '@mikro-orm/postgresql';
import { callerKey, createAuthorizer } from '@platform/entitlements';
import { type BoundService, createGrpcServer, inMemory, openLinks } from '@platform/grpc';
import {
  commandConnections,
  createProbe,
  createReader,
  createWriter,
  distribute,
  findDistribution,
  keepsStatements,
  openOrm,
  ormIn,
  type OrmOptions,
  type Reader,
  whenReachable,
  type Writer,
} from '@platform/persistence';
import { type Clock, createLogger, type Logger, type Running, systemClock } from '@platform/runtime';
import { gauges } from '@platform/telemetry';
import type { ServiceConfig } from './config.js';
import { type Address, createServicePeer, type ServicePeer } from './peer.js';

/** A service's database. */
export interface Database {
  /** Entities, for commands. */
  readonly orm: MikroORM;
  /** Plain rows, for queries. */
  readonly reader: Reader;
  /** Inserts plain rows, for commands that one insert decides. */
  readonly writer: Writer;
}

/** The resources for a service's rpcs. */
export interface ServiceParts extends Database {
  /** The service's name. */
  readonly service: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Opens a peer that closes with the service. */
  peer(name: string, address: Address): ServicePeer;
  /**
   * Registers a resource that closes with the service: after the last call, before the database. @returns the resource
   */
  closing<T extends { close(): Promise<void> | void }>(resource: T): T;
}

export interface ServiceDefinition extends Pick<OrmOptions, 'entities' | 'migrations'> {
  /** "customers" */
  readonly name: string;
  /**
   * Whether it has commands that use the writer. Then the writer gets up to two of the connections for commands, at
   * most half of them. Where tables are distributed it opens as many of its own as there are for commands: rows of
   * different banks share no statement there.
   */
  readonly inserts?: boolean;
  /**
   * Opens what its rpcs share; called once, when the database is ready.
   * @returns a function that makes the rpcs, without a state of their own: for all calls, and again for each call that
   * is recorded, whose statements are then part of its trace
   */
  services(parts: ServiceParts): Rpcs | Promise<Rpcs>;
}

export type Rpcs = (database: Database) => readonly BoundService[];

/**
 * Creates and migrates the service's database, and does nothing else.
 * @param distributes whether its tables are then distributed over the nodes of the Citus cluster of this coordinator
 */
export async function prepareDatabase(
  { entities, migrations }: Pick<ServiceDefinition, 'entities' | 'migrations'>,
  url: string,
  distributes = false,
): Promise<void> {
  const orm = await openOrm({ url, pool: 1, entities, migrations });
  await orm.close(true);
  if (distributes) await distribute(url);
}

/** A running service. `close` lets running calls finish. */
export interface RunningService extends Running {
  /** The gRPC port it listens on. */
  readonly port: number;
  /** Its address for callers in the same process. */
  readonly address: string;
}

/** Starts a service: first its database, which is created and migrated if necessary, then its gRPC server. */
export async function createService(
  definition: ServiceDefinition,
  config: ServiceConfig,
  clock: Clock = systemClock,
): Promise<RunningService> {
  const { name } = definition;
  const log = createLogger(name, config.log_level);
  const resources: { close(): Promise<void> | void }[] = [];
  const close = async () => {
    for (const resource of resources.splice(0).reverse()) await resource.close();
  };
  const closing: ServiceParts['closing'] = (resource) => {
    resources.push(resource);
    return resource;
  };
  try {
    const inserting = definition.inserts === true ? Math.min(2, Math.floor(config.database_pool / 2)) : 0;
    const pool = config.database_pool - inserting;
    const orm = await whenReachable(log, () =>
      openOrm({
        url: config.database_url,
        pool,
        entities: definition.entities,
        migrations: definition.migrations,
        log,
      }),
    );
    closing({ close: () => orm.close(true) });
    const prepares = await whenReachable(log, () => keepsStatements(config.database_url));
    if (!prepares)
      log.info('the pooler in front of the database keeps no prepared statements: reads and inserts go without');
    const { distributed, left } = await whenReachable(log, () => findDistribution(config.database_url));
    if (left.length > 0)
      log.warn({ tables: left }, 'tables are not distributed like the others: run `migrate --distribute`');
    const traits = { prepares, distributed };
    const reader = closing(createReader(config.database_url, Math.min(config.database_pool, 2), traits));
    const connections = distributed ? config.database_pool : Math.max(inserting, 1);
    const writer = closing(createWriter(config.database_url, { connections, ...traits }));
    const tls = openLinks(config.links, log);
    const peer = (at: string, address: Address) =>
      closing(createServicePeer(at, address, { issuer: name, secret: config.caller_secret, clock, tls, log }));
    const database: Database = { orm, reader, writer };
    const rpcs = await definition.services({ ...database, service: name, clock, log, peer, closing });
    const server = closing(
      await createGrpcServer({
        host: config.host,
        port: config.port,
        services: rpcs(database),
        servicesIn: (scope) => rpcs({ orm: ormIn(orm, scope), reader: reader.in(scope), writer: writer.in(scope) }),
        authorize: createAuthorizer({ secret: config.caller_secret, clock, log }),
        callerKey,
        log,
        tls,
        reflection: config.reflection ?? false,
      }),
    );
    watch(name, closing, { orm, reader, writer, server });
    closing(createProbe({ url: config.database_url, log, changed: server.serving }));
    log.info({ port: server.port }, 'listening');
    return { port: server.port, address: inMemory(`${config.host}:${server.port}`), close };
  } catch (error) {
    await close();
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EADDRINUSE'
      ? new Error(`port ${config.port} is in use: set ${name.toUpperCase()}_PORT to another one`, { cause: error })
      : error;
  }
}

type Watched = Pick<ServiceParts, 'orm' | 'reader' | 'writer'> & { readonly server: { connections(): number } };

/** Shows what the service has open, as long as it runs. */
function watch(name: string, closing: ServiceParts['closing'], { orm, reader, writer, server }: Watched): void {
  const uses = () => [commandConnections(orm), ...reader.connections(), ...writer.connections()];
  closing(gauges.connections.watch((set) => set(server.connections(), name)));
  closing(gauges.databaseUsed.watch((set) => uses().forEach(({ use, used }) => set(used, name, use))));
  closing(gauges.databaseLimit.watch((set) => uses().forEach(({ use, limit }) => set(limit, name, use))));
  closing(gauges.databaseWaiting.watch((set) => uses().forEach(({ use, waiting }) => set(waiting, name, use))));
}
