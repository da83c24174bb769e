import { type Links, linkSettings, linksOf } from '@platform/grpc';
import { serviceDatabase } from '@platform/persistence';
import { kinds, type LogLevel, logLevels, type Setting, telemetrySettings, type Values } from '@platform/runtime';

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
    absent: () => 'CALLER_SECRET must be set, to the same value in every service (`npm start` generates it)',
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
  Setting & { schema: ReturnType<typeof kinds.port> }
> &
  Record<`${Uppercase<N>}_DATABASE_URL`, Setting & { schema: ReturnType<typeof kinds.postgres> }>;

/** The settings of a service, e.g. CUSTOMERS_PORT for "customers". */
export function serviceSettings<const N extends string>(name: N, port: number): typeof sharedSettings & OwnSettings<N> {
  const own: Record<string, Setting> = {
    [`${name.toUpperCase()}_PORT`]: { schema: kinds.port(port), about: `gRPC port of ${name}; 0 for any free one` },
    [`${name.toUpperCase()}_DATABASE_URL`]: {
      schema: kinds.postgres(),
      about: `database of ${name}, instead of DATABASE_URL`,
      absent: ({ DATABASE_URL }) =>
        (DATABASE_URL ?? '') === ''
          ? `${name.toUpperCase()}_DATABASE_URL or DATABASE_URL must be set (\`npm start\` brings its own database)`
          : undefined,
    },
  };
  return { ...(own as OwnSettings<N>), ...sharedSettings };
}

export type SharedValues = Values<typeof sharedSettings>;

/** Builds the service's configuration from its settings, which have a database and a secret. */
export function serviceConfig(name: string, values: SharedValues): ServiceConfig {
  const NAME = name.toUpperCase();
  const own = values as Readonly<Record<string, unknown>>;
  const own_url = own[`${NAME}_DATABASE_URL`] as string | undefined;
  return {
    host: values.HOST,
    port: own[`${NAME}_PORT`] as number,
    database_url: serviceDatabase(own_url, values.DATABASE_URL, name) as string,
    database_pool: values.DATABASE_POOL,
    caller_secret: values.CALLER_SECRET as string,
    log_level: values.LOG_LEVEL,
    reflection: values.SERVICE_REFLECTION,
    links: linksOf(values),
  };
}
