import { type CallContext, rpc } from '@platform/grpc';
import {
  type CustomerEvent,
  EventLogServiceDefinition,
  EventWebhookServiceDefinition,
  type EventWebhookWithSecret,
  type PostEventWebhookJson,
} from '@platform/messages';
import { secret, type ServiceUnderTest, startService } from '@platform/service-testing';
import type { EventsConfig } from '../src/config.js';
import { database } from '../src/gen/database.js';
import { createEventsService } from '../src/index.js';
import { bank, createJournals, type Journals } from './journals.js';

type Methods = EventWebhookServiceDefinition['methods'];
export type Method = keyof Methods;
type RequestOf<K extends Method> = ReturnType<Methods[K]['requestType']['decode']>;
type ResponseOf<K extends Method> = ReturnType<Methods[K]['responseType']['decode']>;

/** The events service over real gRPC, with its own database and journals that the test writes. */
export interface Harness extends Omit<ServiceUnderTest, 'call'> {
  readonly journals: Journals;
  readonly call: <K extends Method>(method: K, request: RequestOf<K>, context?: CallContext) => Promise<ResponseOf<K>>;
  readonly subscribe: (body: Partial<PostEventWebhookJson>) => Promise<EventWebhookWithSecret>;
  /** The events of the bank, as soon as there are so many. */
  readonly logged: (count: number, after?: number) => Promise<CustomerEvent[]>;
}

const readEvents = rpc(EventLogServiceDefinition, 'readEvents');

export async function createHarness(config: Partial<EventsConfig> = {}): Promise<Harness> {
  const journals = await createJournals(secret);
  const service = await startService({
    name: 'events',
    database,
    create: (settings) =>
      createEventsService({
        ...settings,
        log_level: 'fatal',
        journals: journals.addresses,
        poll_ms: 20,
        lease_ms: 5_000,
        retention_days: 7,
        with_values: false,
        to_private_addresses: true,
        ...config,
      }),
  });
  const harness: Harness = {
    ...service,
    journals,
    call: (name, request, context) =>
      service.call(rpc(EventWebhookServiceDefinition, name) as never, request, context) as never,
    subscribe: (body) =>
      harness.call('createEventWebhook', {
        bank_id: bank,
        body: { url: 'http://127.0.0.1:9/', kinds: [], ...body },
      }),
    async logged(count, after = 0) {
      const found: CustomerEvent[] = [];
      for (let from = after; found.length < count;) {
        const { events } = await service.call(readEvents, { bank_id: bank, after: from, limit: 100, wait_ms: 3_000 });
        if (events.length === 0) throw new Error(`only ${found.length} of ${count} events were logged`);
        found.push(...events);
        from = Number(found.at(-1)?.sequence);
      }
      return found;
    },
    async close() {
      await service.close();
      await journals.close();
    },
  };
  return harness;
}
