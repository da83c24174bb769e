import { createCustomersService, customersConfig, customersSettings } from '@platform/customers';
import { createDirectoryService, directoryConfig, directorySettings } from '@platform/directory';
import { createGatewayService, gatewaySettings } from '@platform/gateway';
import { createPostgres } from '@platform/postgres';
import { type Environment, kinds, logLevels, type Running, type Values } from '@platform/runtime';
import { type LoadedCredentials, loadCredentials } from './credentials.js';

export const platformSettings = {
  ...directorySettings,
  ...customersSettings,
  ...gatewaySettings,
  LOG_LEVEL: { schema: kinds.choice(logLevels, 'warn'), about: `one of ${logLevels.join(', ')}` },
  DRAIN_LINGER_MS: { schema: kinds.integer(0, 60_000, 0), about: gatewaySettings.DRAIN_LINGER_MS.about },
  DATA_DIR: { schema: kinds.text('./.data'), about: 'folder of the embedded PostgreSQL and of generated secrets' },
  DATABASE_URL: { schema: kinds.postgres(), about: 'a PostgreSQL server instead of the embedded one; one database per service there' },
} as const;

export type PlatformConfig = Values<typeof platformSettings>;

export interface Platform extends Running {
  /** "http://127.0.0.1:8080" */
  readonly origin: string;
  readonly ports: { readonly gateway: number; readonly directory: number; readonly customers: number };
  readonly credentials: LoadedCredentials;
}

/** Starts everything in this process: PostgreSQL unless one is configured, the services, the gateway. */
export async function createPlatform(values: PlatformConfig, env: Environment): Promise<Platform> {
  const running: Running[] = [];
  const close = async () => {
    for (const one of running.splice(0).reverse()) await one.close();
  };
  try {
    const databases = await openDatabases(values, running);
    // After the folder is ours: of two first starts at the same moment only one makes secrets.
    const credentials = loadCredentials({ dataDir: values.DATA_DIR, env });
    const config = { ...values, ...databases, ...upperCase(credentials), PUBLIC_URL: env['PUBLIC_URL'] || `http://${values.HOST}:${values.PORT}` };
    const [directory, customers] = await Promise.all([
      started(running, createDirectoryService(directoryConfig(config, env))),
      started(running, createCustomersService(customersConfig(config))),
    ]);
    const address = (port: number) => `${values.HOST}:${port}`;
    const gateway = await started(
      running,
      createGatewayService({ ...config, DIRECTORY_ADDRESS: address(directory.port), CUSTOMERS_ADDRESS: address(customers.port) }),
    );
    return {
      origin: `http://${values.HOST}:${gateway.port}`,
      ports: { gateway: gateway.port, directory: directory.port, customers: customers.port },
      credentials,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The services' databases: as configured, else on an embedded server. */
async function openDatabases(values: PlatformConfig, running: Running[]): Promise<Pick<PlatformConfig, 'DIRECTORY_DATABASE_URL' | 'CUSTOMERS_DATABASE_URL'>> {
  const { DATABASE_URL, DIRECTORY_DATABASE_URL, CUSTOMERS_DATABASE_URL, DATA_DIR } = values;
  if (DATABASE_URL !== undefined || (DIRECTORY_DATABASE_URL !== undefined && CUSTOMERS_DATABASE_URL !== undefined)) {
    return { DIRECTORY_DATABASE_URL, CUSTOMERS_DATABASE_URL };
  }
  const postgres = await createPostgres({ dataDir: DATA_DIR });
  running.push(postgres);
  return {
    DIRECTORY_DATABASE_URL: DIRECTORY_DATABASE_URL ?? postgres.url('directory'),
    CUSTOMERS_DATABASE_URL: CUSTOMERS_DATABASE_URL ?? postgres.url('customers'),
  };
}

/** What has started is closed again when something after it fails. */
async function started<T extends Running>(running: Running[], starting: Promise<T>): Promise<T> {
  const one = await starting;
  running.push(one);
  return one;
}

function upperCase({ caller_secret, admin_username, admin_password, consumer_key }: LoadedCredentials) {
  return { CALLER_SECRET: caller_secret, ADMIN_USERNAME: admin_username, ADMIN_PASSWORD: admin_password, CONSUMER_KEY: consumer_key };
}
