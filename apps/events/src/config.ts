import { addressSetting, kinds, type Settings, type Values } from '@platform/runtime';
import { type Address, type ServiceConfig, serviceConfig, serviceSettings } from '@platform/service';

/** The service's environment variables. */
export const eventsSettings = {
  ...serviceSettings('events', 50056),
  CUSTOMERS_ADDRESS: addressSetting('customers', 50051),
  ATTRIBUTES_ADDRESS: addressSetting('attributes', 50053),
  LINKS_ADDRESS: addressSetting('links', 50054),
  AGENTS_ADDRESS: addressSetting('agents', 50055),
  EVENTS_POLL_MS: {
    schema: kinds.integer(10, 60_000, 500),
    about: 'milliseconds between two looks into the journals of the other services, if the first found nothing',
  },
  EVENTS_LEASE_MS: {
    schema: kinds.integer(1_000, 300_000, 15_000),
    about: 'milliseconds after which another replica takes over the work of one that has died',
  },
  EVENTS_RETENTION_DAYS: {
    schema: kinds.integer(2, 365, 7),
    about: 'days for which events are kept to be sent again',
  },
  EVENTS_WITH_VALUES: {
    schema: kinds.flag(false),
    about: 'events also tell what the changed fields were and became: personal data leaves the platform',
  },
  WEBHOOKS_TO_PRIVATE_ADDRESSES: {
    schema: kinds.flag(false),
    about: 'webhooks may name http:// URLs and hosts with private, loopback or link-local addresses',
  },
  NATS_URL: {
    schema: kinds.text(),
    about:
      'NATS servers with JetStream that events are published to, nats://host:port or tls://host:port, separated by commas; empty: none',
  },
  NATS_CREDENTIALS: {
    schema: kinds.text(),
    about: 'text of the .creds file to log in to NATS with; use NATS_CREDENTIALS_FILE. Empty: without a login',
  },
  NATS_STREAM: {
    schema: kinds.text('CUSTOMER_EVENTS'),
    about: 'JetStream stream of the subjects customers.events.>; it is created if it does not exist',
  },
} satisfies Settings;

export interface EventsConfig extends ServiceConfig {
  readonly journals: Readonly<Record<JournalName, Address>>;
  readonly poll_ms: number;
  readonly lease_ms: number;
  readonly retention_days: number;
  readonly with_values: boolean;
  readonly to_private_addresses: boolean;
  /** Absent: events are not published to NATS. */
  readonly nats?: NatsConfig | undefined;
}

/** The services that keep a journal. */
export const journalNames = ['attributes', 'links', 'agents', 'customers'] as const;
export type JournalName = (typeof journalNames)[number];

export interface NatsConfig {
  readonly servers: readonly string[];
  /** Text of a .creds file; empty: no login. */
  readonly credentials: string;
  readonly stream: string;
}

/** The service's configuration, from its eventsSettings. */
export function eventsConfig(values: Values<typeof eventsSettings>): EventsConfig {
  return {
    ...serviceConfig('events', values),
    journals: {
      customers: values.CUSTOMERS_ADDRESS,
      attributes: values.ATTRIBUTES_ADDRESS,
      links: values.LINKS_ADDRESS,
      agents: values.AGENTS_ADDRESS,
    },
    poll_ms: values.EVENTS_POLL_MS,
    lease_ms: values.EVENTS_LEASE_MS,
    retention_days: values.EVENTS_RETENTION_DAYS,
    with_values: values.EVENTS_WITH_VALUES,
    to_private_addresses: values.WEBHOOKS_TO_PRIVATE_ADDRESSES,
    nats: natsOf(values),
  };
}

function natsOf({ NATS_URL, NATS_CREDENTIALS, NATS_STREAM }: Values<typeof eventsSettings>): NatsConfig | undefined {
  if (NATS_URL === '') return undefined;
  return { servers: NATS_URL.split(','), credentials: NATS_CREDENTIALS, stream: NATS_STREAM };
}
