import { customerUnknown, fail } from '@platform/failure';
import { type Implementation, rpc } from '@platform/grpc';
import { readDateTime } from '@platform/input';
import {
  AttributeJournalServiceDefinition,
  type CustomerChange,
  type CustomerHistoryServiceDefinition,
  CustomerJournalServiceDefinition,
  Failure,
  type FieldChange,
  type JournalEntry,
  LinkJournalServiceDefinition,
  rpcTable,
} from '@platform/messages';
import type { Backend } from '../calls/backend.js';
import { firstPage, mergedPage, readPlace, writePlace } from './history-page.js';

const journals = [
  rpc(CustomerJournalServiceDefinition, 'readCustomerHistory'),
  rpc(AttributeJournalServiceDefinition, 'readAttributeHistory'),
  rpc(LinkJournalServiceDefinition, 'readLinkHistory'),
] as const;

const pastCustomer = rpc(CustomerJournalServiceDefinition, 'readCustomerPast');
const pastAttributes = rpc(AttributeJournalServiceDefinition, 'readAttributePast');
const pastLinks = rpc(LinkJournalServiceDefinition, 'readLinkPast');

const usualLimit = 50;
const mostChanges = 500;

/** What happened to customers: the journals of three services, as one. */
export function customerHistory(backend: Backend): Implementation<CustomerHistoryServiceDefinition> {
  return {
    async getCustomerHistory({ bank_id, customer_id, before: from, limit: asked }, { correlation_id }) {
      const limit = asked ?? usualLimit;
      const before = from ?? undefined;
      if (limit < 1 || limit > mostChanges) fail(Failure.FAILURE_INVALID_LIMIT);
      const place = before === undefined ? firstPage(journals.length) : readPlace(before, journals.length);
      if (place === undefined) return fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS);
      const read = journals.map(async (method, index) => {
        const request = { bank_id, subject: customer_id, before: place[index] as number, limit };
        return (await backend.asService(method, request, correlation_id)).entries;
      });
      const { entries, next } = mergedPage(await Promise.all(read), place, limit);
      if (entries.length === 0 && before === undefined) customerUnknown(customer_id);
      return { changes: entries.map(changeOf), next: next === undefined ? null : writePlace(next) };
    },
    async getCustomerAsOf({ bank_id, customer_id, time }, { correlation_id }) {
      const second = readDateTime(time);
      if (second === undefined) return fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS);
      const request = { bank_id, subject: customer_id, at: withFraction(second, time) };
      const [{ customer, ...records }, attributes, links] = await Promise.all([
        backend.asService(pastCustomer, request, correlation_id),
        backend.asService(pastAttributes, request, correlation_id),
        backend.asService(pastLinks, request, correlation_id),
      ]);
      if (customer === null) return customerUnknown(customer_id);
      return { customer, ...records, ...attributes, ...links };
    },
  };
}

/** Dates are carried without their fraction of a second, which matters here. */
function withFraction(second: string, given: string): string {
  const [, fraction = '000'] = /\.(\d{1,3})/.exec(given) ?? [];
  return `${second.slice(0, -1)}.${fraction.padEnd(3, '0')}Z`;
}

function changeOf(entry: JournalEntry): CustomerChange {
  return {
    change_id: entry.entry_id,
    occurred_at: entry.occurred_at,
    record_kind: entry.kind,
    record_id: entry.record_id,
    record_version: entry.version,
    action: entry.action,
    operation_id: rpcTable[entry.operation]?.operation_id ?? '',
    user_id: entry.user_id,
    consumer_id: entry.consumer_id,
    correlation_id: entry.correlation_id,
    fields: fieldsOf(entry),
  };
}

interface Values {
  readonly was?: Readonly<Record<string, unknown>>;
  readonly became?: Readonly<Record<string, unknown>>;
}

function fieldsOf({ fields, values }: JournalEntry): FieldChange[] {
  const { was, became } = (values === '' ? {} : JSON.parse(values)) as Values;
  const textOf = (side: Values['was'], name: string) => (side === undefined ? null : JSON.stringify(side[name]));
  return fields.map((name) => ({ name, was: textOf(was, name), became: textOf(became, name) }));
}
