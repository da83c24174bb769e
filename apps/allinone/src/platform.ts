import { createGatewayService, gatewaySettings } from '@platform/gateway';
import { createPostgres } from '@platform/postgres';
import { type Environment, kinds, logLevels, type Running, type Values } from '@platform/runtime';
import { type LoadedCredentials, loadCredentials } from './credentials.js';
import { anyPortSettings, type Ports, serviceNames, servicesSettings, startServices } from './services.js';

/** The settings of the whole platform, for services in separate processes. */
export const separateSettings = {
  ...servicesSettings,
  ...gatewaySettings,
  CALLER_SECRET: servicesSettings.CALLER_SECRET,
  LOG_LEVEL: { schema: kinds.choice(logLevels, 'warn'), about: `one of ${logLevels.join(', ')}` },
  DRAIN_LINGER_MS: { schema: kinds.integer(0, 60_000, 0), about: gatewaySettings.DRAIN_LINGER_MS.about },
  DATA_DIR: { schema: kinds.text('./.data'), about: 'folder of the embedded PostgreSQL and of generated secrets' },
  DATABASE_URL: {
    schema: kinds.postgres(),
    about: 'a PostgreSQL server instead of the embedded one; one database per service there',
  },
} as const;

export const platformSettings = { ...separateSettings, ...anyPortSettings } as const;

export type PlatformConfig = Values<typeof platformSettings>;

export interface Platform extends Running {
  /** "http://127.0.0.1:8080" */
  readonly origin: string;
  /** The gRPC ports of the services. */
  readonly ports: Ports;
  readonly credentials: LoadedCredentials;
}

/** Starts everything in this process: PostgreSQL unless one is configured, the services, the gateway. */
export async function createPlatform(values: PlatformConfig, env: Environment): Promise<Platform> {
  const running: Running[] = [];
  const close = async () => {
    for (const one of running.splice(0).reverse()) await one.close();
  };
  try {
    const server = await openServer(values);
    running.push(server);
    // The data folder is locked by now: of two concurrent first starts, only one generates secrets.
    const credentials = loadCredentials({ dataDir: values.DATA_DIR, env });
    const config = {
      ...values,
      DATABASE_URL: server.url,
      ...upperCase(credentials),
      PUBLIC_URL: env['PUBLIC_URL'] || `${schemeOf(values)}://${values.HOST}:${values.PORT}`,
    };
    const services = await startServices(config, env, (service) => running.push(service));
    const ports = Object.fromEntries(serviceNames.map((name) => [name, services[name].port])) as Ports;
    const addresses = Object.fromEntries(
      serviceNames.map((name) => [`${name.toUpperCase()}_ADDRESS`, services[name].address]),
    );
    const gateway = await createGatewayService({ ...config, ...addresses }, env);
    running.push(gateway);
    return {
      origin: `${schemeOf(values)}://${values.HOST}:${gateway.port}`,
      ports,
      credentials,
      ...(server.failed === undefined ? {} : { failed: server.failed }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The database server of the services: the configured one, or an embedded one unless every service has its own URL. The
 * URL names no database: each service adds its own.
 */
export async function openServer(values: PlatformConfig): Promise<Running & { readonly url: string | undefined }> {
  const { DATABASE_URL, DATA_DIR } = values;
  const complete = serviceNames.every((name) => values[`${upper(name)}_DATABASE_URL`] !== undefined);
  if (DATABASE_URL !== undefined || complete) return { url: DATABASE_URL, close: async () => undefined };
  const postgres = await createPostgres({ dataDir: DATA_DIR });
  const failed = postgres.died.then((reason) =>
    Promise.reject(
      new Error(`the embedded PostgreSQL ended (${reason}); what was written is safe in ${DATA_DIR}: start again`),
    ),
  );
  // The caller handles this rejection; until then it must not count as unhandled.
  failed.catch(() => undefined);
  return { url: postgres.url('postgres'), failed, close: () => postgres.close() };
}

/** The scheme by which clients call the gateway. */
export function schemeOf({ TLS_CERT }: Pick<PlatformConfig, 'TLS_CERT'>): 'http' | 'https' {
  return TLS_CERT === '' ? 'http' : 'https';
}

function upper<N extends string>(name: N): Uppercase<N> {
  return name.toUpperCase() as Uppercase<N>;
}

function upperCase({
  caller_secret,
  journal_key,
  admin_username,
  admin_password,
  consumer_key,
  consumer_secret,
}: LoadedCredentials) {
  return {
    CALLER_SECRET: caller_secret,
    JOURNAL_KEY: journal_key,
    ADMIN_USERNAME: admin_username,
    ADMIN_PASSWORD: admin_password,
    CONSUMER_KEY: consumer_key,
    CONSUMER_SECRET: consumer_secret,
  };
}
