import { secretsOf } from '@platform/entitlements';
import { bind } from '@platform/grpc';
import { EventLogServiceDefinition, EventWebhookServiceDefinition } from '@platform/messages';
import { createService, type RunningService, type ServiceParts } from '@platform/service';
import type { EventsConfig, JournalName } from './config.js';
import { eventQueries } from './event/event-queries.rpc.js';
import { createLogEnd, type LogEnd } from './event/log.js';
import { createRetention } from './event/retention.js';
import { database } from './gen/database.js';
import { createCollector } from './journal/collector.js';
import { createJournal } from './journal/journals.js';
import { createLeases, type Leases } from './lease/leases.js';
import { createPublisher } from './nats/publisher.js';
import { openStream } from './nats/stream.js';
import { watchLag } from './progress/lag.js';
import { createDeliverer } from './webhook/deliverer.js';
import { createPoster } from './webhook/post.js';
import { resealSecrets } from './webhook/reseal.js';
import { createSecretBox } from './webhook/sealed-secret.js';
import { webhookCommands } from './webhook/webhook-commands.rpc.js';
import { webhookQueries } from './webhook/webhook-queries.rpc.js';

/** Starts the events service. */
export function createEventsService(config: EventsConfig): Promise<RunningService> {
  return createService(
    {
      ...database,
      name: 'events',
      services: async (parts) => {
        const { orm, reader, log, closing } = parts;
        const leases = closing(createLeases(orm, config.lease_ms));
        const end = closing(createLogEnd(reader, log));
        const box = createSecretBox(secretsOf(config.caller_secret));
        await resealSecrets(orm, reader, box, log);
        const poster = closing(createPoster({ toPrivateAddresses: config.to_private_addresses }));
        startCollector(parts, config, leases);
        closing(createDeliverer({ orm, reader, log, leases, end, poster, box }));
        startPublisher(parts, config, leases, end);
        const publishes = config.nats !== undefined;
        closing(createRetention({ orm, log, leases, days: config.retention_days, publishes }));
        closing(watchLag(reader, publishes));
        const { clock } = parts;
        const { to_private_addresses: toPrivateAddresses } = config;
        return (own) => [
          bind(EventLogServiceDefinition, eventQueries(own.reader, end)),
          bind(EventWebhookServiceDefinition, {
            ...webhookCommands({ ...own, clock, end, box, toPrivateAddresses }),
            ...webhookQueries(own.reader),
          }),
        ];
      },
    },
    config,
  );
}

function startCollector(parts: ServiceParts, { journals, with_values, poll_ms }: EventsConfig, leases: Leases): void {
  const journal = (name: JournalName) => createJournal(name, parts.peer(name, journals[name]), with_values);
  parts.closing(
    createCollector({
      ...parts,
      leases,
      poll_ms,
      customers: journal('customers'),
      others: (['attributes', 'links', 'agents'] as const).map(journal),
    }),
  );
}

function startPublisher(parts: ServiceParts, { nats }: EventsConfig, leases: Leases, end: LogEnd): void {
  if (nats === undefined) return;
  parts.closing(createPublisher({ ...parts, leases, end, open: () => openStream(nats, parts.log) }));
}
