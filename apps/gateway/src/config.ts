import { auditSettings } from '@platform/audit';
import { type CertificateFiles, linkSettings } from '@platform/grpc';
import {
  addressSetting,
  type Environment,
  kinds,
  logLevels,
  scopeSettings,
  telemetrySettings,
  together,
  type Values,
} from '@platform/runtime';
import { createClientAddress } from './http/client-address.js';
import type { CorsOrigins } from './http/common-headers.js';

const certificateAndKey = together('TLS_CERT', 'TLS_KEY');

export const gatewaySettings = {
  HOST: { schema: kinds.text('127.0.0.1'), about: 'address to listen on' },
  PORT: { schema: kinds.port(8080), about: 'port for REST, Connect, gRPC-Web and gRPC; 0 = any free port' },
  PUBLIC_URL: {
    schema: kinds.text('http://127.0.0.1:8080'),
    about: 'how clients reach this instance; realm of WWW-Authenticate',
  },
  CUSTOMERS_ADDRESS: addressSetting('customers', 50051),
  DIRECTORY_ADDRESS: addressSetting('directory', 50052),
  ATTRIBUTES_ADDRESS: addressSetting('attributes', 50053),
  LINKS_ADDRESS: addressSetting('links', 50054),
  AGENTS_ADDRESS: addressSetting('agents', 50055),
  EVENTS_ADDRESS: addressSetting('events', 50056),
  TRUSTED_PROXIES: {
    schema: trustedProxies(),
    about:
      'addresses or networks of proxies whose X-Forwarded-For says where a request comes from, separated by commas; also loopback, linklocal, uniquelocal',
  },
  CALLER_SECRET: {
    schema: kinds.secrets(32),
    about:
      'signs caller assertions; the same for all processes, at least 32 characters; two with a comma between them: the first signs, both are accepted',
    secret: true,
    absent: () => 'CALLER_SECRET must be set, to the same value in every process (`npm start` generates it)',
  },
  ...linkSettings,
  TLS_CERT: {
    schema: kinds.text(),
    about: 'PEM file: the certificate for HTTPS on PORT, HTTP/1.1 and HTTP/2; empty: plain text',
    absent: certificateAndKey,
  },
  TLS_KEY: { schema: kinds.text(), about: 'PEM file: its key', absent: certificateAndKey },
  CORS_ORIGINS: {
    schema: corsSetting(),
    about:
      'origins whose scripts may read answers, such as https://app.example.com, separated by commas; *: all, none: no other, auto: * outside production, none there',
  },
  BODY_LIMIT: { schema: kinds.integer(1_024, 100_000_000, 1_048_576), about: 'longest request body in bytes' },
  MAX_CONNECTIONS: {
    schema: kinds.integer(1, 1_000_000, 5_000),
    about: 'connections of clients at once; one more is closed',
  },
  MAX_REQUESTS_IN_FLIGHT: {
    schema: kinds.integer(1, 100_000, 200),
    about:
      'requests worked on at once; a list is refused with 429 from 70 % of them, any other call from 90 %, a login from 100 %',
  },
  MAX_WATCHERS: {
    schema: kinds.integer(0, 100_000, 500),
    about: 'streams of events at once; one more is refused with 429',
  },
  WATCH_SECONDS: {
    schema: kinds.integer(1, 86_400, 300),
    about: 'how long a stream of events lasts; its client opens the next one, which needs the role again',
  },
  MAX_EVENT_LOOP_DELAY_MS: {
    schema: kinds.integer(1, 60_000, 100),
    about: 'milliseconds by which this process may be late in the mean, with the same refusals',
  },
  ALLOW_CUSTOMER_FIREHOSE: { schema: kinds.flag(false), about: 'serve the customer firehose' },
  ALLOW_SANDBOX_DATA_IMPORT: { schema: kinds.flag(false), about: 'serve the sandbox import' },
  ALLOW_DIRECT_LOGIN: { schema: kinds.flag(true), about: 'accept DirectLogin tokens' },
  ALLOW_OAUTH2_LOGIN: { schema: kinds.flag(true), about: 'accept the bearer tokens of OIDC_ISSUERS' },
  OIDC_ISSUERS: {
    schema: kinds.text(),
    about:
      "trusted identity providers, separated by commas, each '[name=]issuer audience [jwks_uri]', several audiences joined by |",
  },
  API_ENABLED_VERSIONS: {
    schema: kinds.list(),
    about: 'version prefixes that answer, e.g. [OBPv4.0.0,OBPv5.1.0]; empty: all',
  },
  API_DISABLED_VERSIONS: { schema: kinds.list(), about: 'version prefixes that do not answer' },
  API_ENABLED_ENDPOINTS: {
    schema: kinds.list(),
    about: 'operations that exist, e.g. [OBPv5.0.0-createCustomer]; empty: all',
  },
  API_DISABLED_ENDPOINTS: { schema: kinds.list(), about: 'operations that do not exist' },
  CREATE_JUST_IN_TIME_ENTITLEMENTS: {
    schema: kinds.flag(false),
    about: 'give a missing role to a caller who may grant it anyway',
  },
  ...scopeSettings,
  RESOURCE_DOCS_REQUIRES_ROLE: { schema: kinds.flag(false), about: 'resource docs need CanReadResourceDoc' },
  GLOSSARY_REQUIRES_ROLE: { schema: kinds.flag(false), about: 'the glossary needs CanReadGlossary' },
  READ_JSON_SCHEMA_VALIDATION_REQUIRES_ROLE: {
    schema: kinds.flag(false),
    about: 'the public list of JSON Schemas needs a role',
  },
  READ_AUTHENTICATION_TYPE_VALIDATION_REQUIRES_ROLE: {
    schema: kinds.flag(false),
    about: 'the public list of allowed logins needs a role',
  },
  ENABLE_FORCE_ERROR: { schema: kinds.flag(false), about: 'obey the Force-Error header; for test rigs' },
  USE_CONSUMER_LIMITS: { schema: kinds.flag(false), about: 'limit the calls of applications as their call limits say' },
  USER_CONSUMER_LIMIT_ANONYMOUS_ACCESS: {
    schema: kinds.integer(0, 1_000_000, 1_000),
    about: 'then, calls an hour from one address without login',
  },
  LOGINS_PER_ADDRESS_AND_MINUTE: {
    schema: kinds.integer(1, 1_000_000, 120),
    about: 'logins from one address, right or wrong, in a minute',
  },
  WRONG_PASSWORDS_PER_ADDRESS_AND_HOUR: {
    schema: kinds.integer(1, 1_000_000, 100),
    about: 'wrong passwords from one address in an hour, whosesoever; then it cannot log in until the hour ends',
  },
  ANONYMOUS_WRITES_PER_ADDRESS_AND_HOUR: {
    schema: kinds.integer(1, 1_000_000, 200),
    about: 'writes without login from one address in an hour, such as the making of users',
  },
  RATE_LIMITING_EXCLUDE_ENDPOINTS: { schema: kinds.list('root'), about: 'names of functions that are never limited' },
  GRPC_REFLECTION: { schema: kinds.flag(true), about: 'describe the operations by gRPC reflection, v1 and v1alpha' },
  ...auditSettings,
  DRAIN_LINGER_MS: {
    schema: kinds.integer(0, 60_000, 1_000),
    about: 'milliseconds in which a stopping gateway still accepts connections, while /readyz says closing',
  },
  LOG_LEVEL: { schema: kinds.choice(logLevels, 'info'), about: 'trace, debug, info, warn, error, fatal or silent' },
  ...telemetrySettings,
} as const;

export type GatewayConfig = Values<typeof gatewaySettings>;

/** The origins whose scripts may read answers: from the setting, or by the environment if it is not set. */
export function corsOrigins(
  { CORS_ORIGINS: [only = 'auto', ...others] }: Pick<GatewayConfig, 'CORS_ORIGINS'>,
  env: Environment,
): CorsOrigins {
  if (only === '*' || (only === 'auto' && env['NODE_ENV'] !== 'production')) return '*';
  return only === 'auto' || only === 'none' ? [] : [only, ...others];
}

function corsSetting() {
  const isWord = (origin: string) => ['*', 'none', 'auto'].includes(origin);
  const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
  return kinds.list('auto').superRefine((origins, context) => {
    if (!(origins.length === 1 && isWord(origins[0] as string)) && !origins.every(isOrigin))
      context.addIssue({
        code: 'custom',
        message: 'must be *, none, auto or origins such as https://app.example.com, without a path',
      });
  });
}

/** The certificate of the public port; undefined: the port speaks plain text. */
export function httpsFiles({
  TLS_CERT: cert,
  TLS_KEY: key,
}: Pick<GatewayConfig, 'TLS_CERT' | 'TLS_KEY'>): CertificateFiles | undefined {
  return cert === '' ? undefined : { cert, key };
}

function trustedProxies() {
  return kinds.list().superRefine((proxies, context) => {
    try {
      createClientAddress(proxies);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be IP addresses or networks such as 10.0.0.0/8' });
    }
  });
}
