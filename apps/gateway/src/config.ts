import { addressSetting, kinds, logLevels, type Values } from '@platform/runtime';

export const gatewaySettings = {
  HOST: { schema: kinds.text('127.0.0.1'), about: 'address to listen on' },
  PORT: { schema: kinds.port(8080), about: 'port for REST, Connect, gRPC-Web and gRPC; 0 = any free port' },
  PUBLIC_URL: { schema: kinds.text('http://127.0.0.1:8080'), about: 'how clients reach this instance; realm of WWW-Authenticate' },
  CUSTOMERS_ADDRESS: addressSetting('customers', 50051),
  DIRECTORY_ADDRESS: addressSetting('directory', 50052),
  ATTRIBUTES_ADDRESS: addressSetting('attributes', 50053),
  LINKS_ADDRESS: addressSetting('links', 50054),
  AGENTS_ADDRESS: addressSetting('agents', 50055),
  CALLER_SECRET: { schema: kinds.secret(32), about: 'signs caller assertions; the same for all processes, at least 32 characters', secret: true },
  BODY_LIMIT: { schema: kinds.integer(1_024, 100_000_000, 1_048_576), about: 'longest request body in bytes' },
  ALLOW_CUSTOMER_FIREHOSE: { schema: kinds.flag(false), about: 'serve the customer firehose' },
  DRAIN_LINGER_MS: { schema: kinds.integer(0, 60_000, 1_000), about: 'milliseconds in which a stopping gateway still accepts connections, while /readyz says closing' },
  LOG_LEVEL: { schema: kinds.choice(logLevels, 'info'), about: 'trace, debug, info, warn, error, fatal or silent' },
} as const;

export type GatewayConfig = Values<typeof gatewaySettings>;
