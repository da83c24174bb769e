import { type ServiceName, serviceNames } from '@platform/allinone';
import { createTestDatabase, eventually, isOnCitus } from '@platform/testing';
import { fromOneAddress } from '../one-address.js';
import { freePorts } from './free-ports.js';
import { type Program, root, startProgram } from './program.js';
import { createRest } from './rest.js';

export type Service = ServiceName | 'gateway';

export const secrets = {
  admin_username: 'admin.user',
  admin_password: 'Sesam-oeffne-dich-17',
  consumer_key: 'process-tests-consumer-key',
  consumer_secret: 'process-tests-consumer-secret',
} as const;

/** Settings without which a service does not start. */
const required = {
  ADMIN_USERNAME: secrets.admin_username,
  ADMIN_PASSWORD: secrets.admin_password,
  CONSUMER_KEY: secrets.consumer_key,
  CONSUMER_SECRET: secrets.consumer_secret,
  CALLER_SECRET: 'shared by all processes of this one test',
  JOURNAL_KEY: 'protects the journals of this one test',
};

/** The services as separate processes, each on its own port. */
export interface Stack {
  readonly origin: string;
  /** Settings of every process. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Starts a replica without waiting for it; on the same port each time, unless the common settings contain another
   * one.
   * @param more settings for this replica only
   * @param from another checkout to start it from
   */
  start(service: Service, replica?: number, more?: Readonly<Record<string, string>>, from?: string): Program;
  /** Starts one replica of each service, or of those given, and waits until the gateway reaches them. */
  startAll(...services: readonly (readonly [Service, number?])[]): Promise<void>;
  /** The output of all processes. */
  output(): string;
  close(): Promise<void>;
}

/**
 * Prepares up to two replicas of each service behind one gateway.
 * @param env the databases, and settings other than the defaults
 * @param begin starts another program instead of the built one
 */
export async function createStack(
  env: Record<string, string>,
  replicas = 1,
  begin = (service: Service, settings: Record<string, string>, from: string) =>
    startProgram(`apps/${service}/dist/main.js`, settings, [], from),
): Promise<Stack> {
  const ports = await freePorts('PORT', ...serviceNames.flatMap((name) => [`${name}0`, `${name}1`] as const));
  const origin = `http://127.0.0.1:${ports.PORT}`;
  const addresses = (service: ServiceName) =>
    ([0, 1] as const)
      .slice(0, replicas)
      .map((replica) => `127.0.0.1:${ports[`${service}${replica}`]}`)
      .join();
  const all = {
    ...required,
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_ADDRESS`, addresses(name)])),
    PORT: ports.PORT,
    ...fromOneAddress,
    ...env,
  };
  const programs: Program[] = [];
  const stack: Stack = {
    origin,
    env: all,
    start(service, replica = 0, more = {}, from = root) {
      const own =
        service === 'gateway' ? {} : { [`${service.toUpperCase()}_PORT`]: ports[`${service}${replica as 0 | 1}`] };
      const program = begin(service, { ...own, ...all, ...more }, from);
      programs.push(program);
      return program;
    },
    async startAll(...services) {
      const wanted =
        services.length > 0 ? services : ([...serviceNames, 'gateway'] as const).map((service) => [service] as const);
      await Promise.all(wanted.map(([service, replica]) => stack.start(service, replica).said('listening', 20_000)));
      await ready(origin);
    },
    output: () => programs.map((program) => program.output()).join('\n'),
    async close() {
      await Promise.all(programs.map((program) => program.close()));
    },
  };
  return stack;
}

/** Waits until a replica of every service serves. */
export async function ready(origin: string, limit_ms = 10_000): Promise<void> {
  await eventually(limit_ms, `${origin} to be ready`, async () =>
    Object.values(await partsOf(origin)).every((state) => state === 'serving'),
  );
}

/** The state of each service as the gateway reports it: "serving" or "not serving". */
export async function partsOf(origin: string): Promise<Record<string, string>> {
  const rest = createRest(origin, false);
  return rest
    .send('GET', '/readyz')
    .then(
      ({ body }) => body['parts'] as Record<string, string>,
      () => ({ gateway: 'not there' }),
    )
    .finally(() => rest.close());
}

/** The status of a GET on a new connection; 0 when nothing listens. */
export async function statusOf(origin: string, path: string): Promise<number> {
  const rest = createRest(origin, false);
  return rest
    .send('GET', path)
    .then(
      ({ status }) => status,
      () => 0,
    )
    .finally(() => rest.close());
}

/**
 * A database for each service, on the test run's server: empty; on a Citus cluster migrated and distributed by the
 * service's own command, because a service does not distribute a database that it finds empty.
 */
export async function emptyDatabases(): Promise<{ env: Record<string, string>; close(): Promise<void> }> {
  const open = (name: ServiceName) =>
    isOnCitus()
      ? createTestDatabase(`processes-${name}`, (url) => distributeBy(name, url))
      : createTestDatabase('processes');
  const databases = await Promise.all(serviceNames.map(async (name) => ({ name, ...(await open(name)) })));
  return {
    env: Object.fromEntries(databases.map(({ name, url }) => [`${name.toUpperCase()}_DATABASE_URL`, url])),
    close: async () => void (await Promise.all(databases.map((database) => database.close()))),
  };
}

async function distributeBy(name: ServiceName, url: string): Promise<void> {
  const env = { ...required, [`${name.toUpperCase()}_DATABASE_URL`]: url };
  const program = startProgram(`apps/${name}/dist/main.js`, env, ['migrate', '--distribute']);
  await program.said('the database is up to date', 60_000);
  await program.ended();
}
