import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import { ObpFailure } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { CrmEventServiceDefinition, Failure, type SandboxCrmEvent } from '@platform/messages';
import type { Outbox, Task, TaskHandler } from '@platform/outbox';
import { pagesOf } from '@platform/persistence';
import type { ServiceParts } from '@platform/service';
import type { Parts } from '../parts.js';
import { crmEventRequest } from './import-crm-event.js';
import { importedRecordList } from './imported-record.sql.js';

const createCrmEvent = rpc(CrmEventServiceDefinition, 'createCrmEvent');

/** Names the task for one import's events at a bank: those from this place on. */
const subjectOf = (first: number): string => `crm-events-${first}`;
const firstOf = (subject: string): number => Number(/\d+$/.exec(subject)?.[0] ?? 0);
const eventRows = 250;
/** An event that is not accepted in this time is sent again later. */
const tellTimeout_ms = 2_000;

type Delivery = Task<'crm-events'>;

/** Sends imported CRM events to the customers service. */
export interface CrmEventDelivery {
  /**
   * Adds the delivery of the banks' events to the outbox, in the transaction that writes them.
   * @param first the place of the first event, by bank
   */
  append(em: EntityManager, first: ReadonlyMap<string, number>): Promise<readonly Delivery[]>;
  /**
   * Delivers the events now, within the given time. It never fails: the whole import is already written, and the
   * remaining events are delivered as soon as the customers service accepts them.
   */
  settle(tasks: readonly Delivery[], correlation_id: string, patience_ms: number): Promise<void>;
}

/** Sends the events in their order. It may be repeated: the receiver recognizes events that it already has. */
export function crmEventDelivery(
  { reader, log, peer }: Pick<ServiceParts, 'reader' | 'log' | 'peer'>,
  config: Parts['config'],
): TaskHandler {
  const customers = peer('customers', config.customers_address);

  const tell = async (event: SandboxCrmEvent, correlation_id: string) => {
    try {
      await customers.call(createCrmEvent, crmEventRequest(event), correlation_id, tellTimeout_ms);
    } catch (error) {
      if (!(error instanceof ObpFailure) || error.failure !== Failure.FAILURE_INVALID_JSON_FORMAT) throw error;
      // The customers service has a different event with that id. Retries would not help and would delay other events.
      log.error(
        { err: error, bank_id: event.bank_id, crm_event_id: event.id },
        'an imported CRM event is refused; it stays among the imported records',
      );
    }
  };

  return {
    async deliver({ bank_id, subject }, correlation_id) {
      const pages = pagesOf<{ place: number; data: SandboxCrmEvent }>(eventRows, (last, rows) =>
        reader.page({
          ...importedRecordList,
          values: [bank_id, 'crm_event', last?.place ?? firstOf(subject) - 1, rows],
        }),
      );
      for await (const events of pages) for (const { data } of events) await tell(data, correlation_id);
    },
  };
}

export function createCrmEventDelivery(outbox: Outbox<'crm-events'>, log: ServiceParts['log']): CrmEventDelivery {
  const settleAll = async (tasks: readonly Delivery[], correlation_id: string) => {
    for (const task of tasks) await outbox.settle(task, correlation_id);
  };

  return {
    async append(em, first) {
      const tasks = [...first].map(
        ([bank_id, place]) => ({ kind: 'crm-events', bank_id, subject: subjectOf(place) }) as const,
      );
      for (const task of tasks) await outbox.append(em, task);
      return tasks;
    },
    async settle(tasks, correlation_id, patience_ms) {
      const settled = settleAll(tasks, correlation_id).catch((error: unknown) => {
        log.warn(
          { err: error, bank_ids: tasks.map(({ bank_id }) => bank_id) },
          'imported CRM events are delivered later',
        );
      });
      await Promise.race([settled, sleep(Math.max(0, patience_ms), undefined, { ref: false })]);
    },
  };
}
