import { serviceDatabase } from '@platform/persistence';
import { ConfigurationError, kinds, logLevels, type LogLevel, type Settings, type Values } from '@platform/runtime';

/** The service's environment variables. */
export const customersSettings = {
  HOST: { schema: kinds.text('127.0.0.1'), about: 'address to listen on' },
  CUSTOMERS_PORT: { schema: kinds.port(50051), about: 'gRPC port; 0 for any free one' },
  DATABASE_URL: { schema: kinds.postgres(), about: 'PostgreSQL server; the database is named customers there' },
  CUSTOMERS_DATABASE_URL: { schema: kinds.postgres(), about: 'own database, instead of DATABASE_URL' },
  DATABASE_POOL: { schema: kinds.integer(1, 100, 4), about: 'database connections for commands' },
  CALLER_SECRET: { schema: kinds.secret(32), about: 'signs calls between the services; the same everywhere, at least 32 characters', secret: true },
  LOG_LEVEL: { schema: kinds.choice(logLevels, 'info'), about: `one of ${logLevels.join(', ')}` },
} satisfies Settings;

export interface CustomersConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly database_url: string;
  /** Connections for commands; reads have up to twice two of their own. */
  readonly database_pool: number;
  readonly caller_secret: string;
  readonly log_level: LogLevel;
}

/**
 * What the service needs, from its customersSettings.
 * @throws ConfigurationError when a database or the secret is missing
 */
export function customersConfig(values: Values<typeof customersSettings>): CustomersConfig {
  const database_url = serviceDatabase(values.CUSTOMERS_DATABASE_URL, values.DATABASE_URL, 'customers');
  const caller_secret = values.CALLER_SECRET;
  if (database_url === undefined || caller_secret === undefined) {
    throw new ConfigurationError([
      ...(database_url === undefined ? ['DATABASE_URL or CUSTOMERS_DATABASE_URL must be set (`npm start` brings its own database)'] : []),
      ...(caller_secret === undefined ? ['CALLER_SECRET must be set, to the same value in every service (`npm start` generates it)'] : []),
    ]);
  }
  return {
    host: values.HOST,
    port: values.CUSTOMERS_PORT,
    database_url,
    database_pool: values.DATABASE_POOL,
    caller_secret,
    log_level: values.LOG_LEVEL,
  };
}
