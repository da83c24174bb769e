import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from '@platform/allinone';
import { createPostgres } from '@platform/postgres';
import { createProxy } from '@platform/testing';
import { createDataFolder } from '../processes/folder.js';
import { freePorts } from '../processes/free-ports.js';
import type { createOpen } from '../processes/open.js';
import { type Program, root, type Signal } from '../processes/program.js';
import { openSession, type Session } from '../processes/session.js';
import { createStack, ready, secrets, type Service } from '../processes/stack.js';

/** Two replicas of every service behind two gateways, on one durable PostgreSQL server reached through a proxy. */
export interface Cluster {
  /** The origins of the two gateways. */
  readonly origins: readonly [string, string];
  /** A client of each gateway. */
  readonly sessions: readonly [Session, Session];
  /** A folder for temporary files. */
  readonly folder: string;
  /** The URL of a database that bypasses the proxy. */
  url(database: string): string;
  program(service: Service, replica: number): Program;
  /** Starts a replica and waits until it listens. @param env settings in addition to those of all processes */
  start(service: Service, replica: number, env: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Stops a replica, waits for its end, and starts it again. @throws when SIGTERM ends it with an exit code other than
   * 0
   */
  replace(service: Service, replica: number, how?: Replacement): Promise<void>;
  /** Kills PostgreSQL and starts it again. */
  crashServer(): Promise<void>;
  /** Stops the forwarding on the open connections to PostgreSQL. */
  silenceServer(): void;
}

export interface Replacement {
  /** SIGTERM by default. */
  readonly signal?: Signal;
  /** Settings of the new process, in addition to those of all processes. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds between the end of the old process and the start of the new one. */
  readonly away_ms?: number;
}

export interface ClusterOptions {
  /** Settings of every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The checkout from which the first processes are started; their replacements come from this one. */
  readonly from?: string;
  /** Services of which only one replica is started at first. */
  readonly later?: readonly Service[];
}

/** @param opened registers the cluster to be closed when the test ends */
export async function createCluster(
  opened: ReturnType<typeof createOpen>['opened'],
  { env = {}, from = root, later = [] }: ClusterOptions = {},
): Promise<Cluster> {
  const folder = opened(createDataFolder());
  const ports = await freePorts('postgres', 'gateway');
  const startServer = () => createPostgres({ dataDir: folder.path, port: Number(ports.postgres) });
  let server = await startServer();
  opened({ close: () => server.close() });
  const proxy = opened(await createProxy(server.port));
  const stack = opened(
    await createStack(
      { DATABASE_URL: server.url('postgres').replace(`:${server.port}/`, `:${proxy.port}/`), ...env },
      2,
    ),
  );
  const programs = new Map<string, Program>();
  const start = async (
    service: Service,
    replica: number,
    more: Readonly<Record<string, string>>,
    build = root,
  ): Promise<void> => {
    const own: Record<string, string> = service === 'gateway' && replica === 1 ? { PORT: ports.gateway } : {};
    const program = stack.start(service, replica, { ...own, ...more }, build);
    programs.set(`${service}${replica}`, program);
    await program.said('listening', 30_000);
  };
  const program = (service: Service, replica: number) => programs.get(`${service}${replica}`) as Program;
  const origins = [stack.origin, `http://127.0.0.1:${ports.gateway}`] as const;
  await Promise.all(
    [...serviceNames, 'gateway' as const]
      .filter(isIn(from))
      .flatMap((service) =>
        [0, ...(later.includes(service) ? [] : [1])].map((replica) => start(service, replica, {}, from)),
      ),
  );
  for (const origin of origins) await ready(origin, 30_000);
  // Opened one after the other, because the first creates the bank.
  const sessions = [
    opened(await openSession(origins[0], secrets)),
    opened(await openSession(origins[1], secrets)),
  ] as const;
  return {
    origins,
    sessions,
    folder: folder.path,
    url: (database) => server.url(database),
    program,
    start: (service, replica, more) => start(service, replica, more),
    async replace(service, replica, { signal = 'SIGTERM', env: more = {}, away_ms = 0 } = {}) {
      const running = programs.get(`${service}${replica}`);
      running?.signal(signal);
      const result = await running?.ended();
      if (running !== undefined && signal === 'SIGTERM' && result !== 0)
        throw new Error(`${service} ended with ${result}`);
      await pause(away_ms);
      await start(service, replica, more);
    },
    async crashServer() {
      process.kill(folder.serverPid() as number, 'SIGKILL');
      await server.died;
      await server.close();
      server = await startServer();
    },
    silenceServer: () => proxy.silence(),
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** An older build may not have a service. */
function isIn(build = root): (service: Service) => boolean {
  return (service) => existsSync(join(build, 'apps', service));
}
