import { type Links, linkSettings, linksOf } from '@platform/grpc';
import { serviceDatabase } from '@platform/persistence';
import {
  ConfigurationError,
  kinds,
  type LogLevel,
  logLevels,
  type Setting,
  telemetrySettings,
  type Values,
} from '@platform/runtime';

/** The configuration of every service with a database. */
export interface ServiceConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly database_url: string;
  /** Connections for commands, including those for inserts; reads have up to four more. */
  readonly database_pool: number;
  readonly caller_secret: string;
  readonly log_level: LogLevel;
  /** Whether any client may read its rpcs by reflection; absent: no. */
  readonly reflection?: boolean;
  /** Absent: plain text to the other services. */
  readonly links?: Links | undefined;
}

/** Settings that all services share: one value in the environment serves them all. */
const sharedSettings = {
  HOST: { schema: kinds.text('127.0.0.1'), about: 'address to listen on' },
  DATABASE_URL: {
    schema: kinds.postgres(),
    about: 'PostgreSQL server; each service has a database of its own name there',
  },
  DATABASE_POOL: { schema: kinds.integer(1, 100, 4), about: 'database connections for commands' },
  CALLER_SECRET: {
    schema: kinds.secrets(32),
    about:
      'signs calls between the services; the same everywhere, at least 32 characters; two with a comma between them: the first signs, both are accepted',
    secret: true,
  },
  ...linkSettings,
  SERVICE_REFLECTION: {
    schema: kinds.flag(false),
    about: 'describe the services to anybody on their own ports, by gRPC reflection',
  },
  LOG_LEVEL: { schema: kinds.choice(logLevels, 'info'), about: `one of ${logLevels.join(', ')}` },
  ...telemetrySettings,
} as const;

type OwnSettings<N extends string> = Record<
  `${Uppercase<N>}_PORT`,
  { schema: ReturnType<typeof kinds.port>; about: string }
> &
  Record<`${Uppercase<N>}_DATABASE_URL`, { schema: ReturnType<typeof kinds.postgres>; about: string }>;

/** The settings of a service, e.g. CUSTOMERS_PORT for "customers". */
export function serviceSettings<const N extends string>(name: N, port: number): typeof sharedSettings & OwnSettings<N> {
  const own: Record<string, Setting> = {
    [`${name.toUpperCase()}_PORT`]: { schema: kinds.port(port), about: `gRPC port of ${name}; 0 for any free one` },
    [`${name.toUpperCase()}_DATABASE_URL`]: {
      schema: kinds.postgres(),
      about: `database of ${name}, instead of DATABASE_URL`,
    },
  };
  return { ...sharedSettings, ...(own as OwnSettings<N>) };
}

type SharedValues = Values<typeof sharedSettings>;

/**
 * Builds the service's configuration from its settings.
 * @param others faults that the service found itself
 * @throws ConfigurationError with all faults at once: a missing database or secret, and the others
 */
export function serviceConfig(name: string, values: SharedValues, others: readonly string[] = []): ServiceConfig {
  const NAME = name.toUpperCase();
  const own = values as Readonly<Record<string, unknown>>;
  const database_url = serviceDatabase(own[`${NAME}_DATABASE_URL`] as string | undefined, values.DATABASE_URL, name);
  const caller_secret = values.CALLER_SECRET;
  if (database_url === undefined || caller_secret === undefined || others.length > 0) {
    throw new ConfigurationError([
      ...(database_url === undefined
        ? [`${NAME}_DATABASE_URL or DATABASE_URL must be set (\`npm start\` brings its own database)`]
        : []),
      ...(caller_secret === undefined
        ? ['CALLER_SECRET must be set, to the same value in every service (`npm start` generates it)']
        : []),
      ...others,
    ]);
  }
  return {
    host: values.HOST,
    port: own[`${NAME}_PORT`] as number,
    database_url,
    database_pool: values.DATABASE_POOL,
    caller_secret,
    log_level: values.LOG_LEVEL,
    reflection: values.SERVICE_REFLECTION,
    links: linksOf(values),
  };
}
