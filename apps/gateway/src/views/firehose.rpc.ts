import { type Page, pageOf } from '@platform/input';
import { type Implementation, messagesOf, rpc } from '@platform/grpc';
import {
  CustomerAttributeLookupServiceDefinition,
  CustomerServiceDefinition,
  type CustomersV300,
  type CustomerV300,
  type CustomerViewServiceDefinition,
  type StreamCustomersRequest,
} from '@platform/messages';
import type { Backend } from '../calls/backend.js';
import { readParameter } from '../rest/bind-query.js';
import { checkFilters } from './firehose-filters.js';
import { overlapped } from './overlapped.js';
import { messageRecords, partOf, regrouped } from './pages.js';

const streamCustomers = rpc(CustomerServiceDefinition, 'streamCustomers');
const matchCustomers = rpc(CustomerAttributeLookupServiceDefinition, 'matchCustomers');

/** With fewer matches than this, their ids are sent to the customers service; else all customers are read in order. */
const maxNamed = 10_000;

/** Customers per look-up of matches. */
const askedRows = 500;

/**
 * If many customers match, the first part usually fills the page; for a page further back, four parts are looked
 * through at a time.
 */
const partsAtOnce = { atOnce: 4, first: 1 } as const;

/** The limit that means "no limit". */
const unlimited = 2 ** 31 - 1;

type Ask = (request: StreamCustomersRequest) => AsyncIterable<CustomersV300>;
type Match = (limit: number, among: string[]) => Promise<readonly string[]>;

/** All customers of a bank, or those with an attribute of any of the filters. Filters come before paging. */
export function firehose(backend: Backend): Implementation<CustomerViewServiceDefinition> {
  return {
    async *getFirehoseCustomers({ filters, ...asked }, { correlation_id, signal }) {
      const request: StreamCustomersRequest = { ...asked, ...periodOf(asked), only: null };
      const page = pageOf(asked);
      checkFilters(filters);
      const gone = signal();
      const ask: Ask = (part) => backend.asServiceStream(streamCustomers, part, correlation_id, { signal: gone });
      const match: Match = async (limit, among) =>
        (
          await backend.asService(
            matchCustomers,
            { bank_id: asked.bank_id, pairs: filters, limit, among },
            correlation_id,
          )
        ).customer_ids;
      yield* filters.length === 0 ? ask(request) : matching(request, page, ask, match);
    },
  };
}

async function* matching(
  request: StreamCustomersRequest,
  page: Page,
  ask: Ask,
  match: Match,
): AsyncGenerator<CustomersV300> {
  const customer_ids = await match(maxNamed, []);
  if (customer_ids.length === 0) yield { customers: [] };
  else if (customer_ids.length < maxNamed) yield* ask({ ...request, only: { customer_ids: [...customer_ids] } });
  else
    yield* messagesOf(
      partOf(sifted(ask({ ...request, limit: unlimited, offset: 0 }), match), page),
      (customers) => ({ customers }),
      { most: messageRecords },
    );
}

/** Filters the customers page by page. */
function sifted(customers: AsyncIterable<CustomersV300>, match: Match): AsyncGenerator<CustomerV300[]> {
  const matchingOf = async (page: readonly CustomerV300[]) => {
    const matches = new Set(
      await match(
        page.length,
        page.map(({ customer_id }) => customer_id),
      ),
    );
    return page.filter(({ customer_id }) => matches.has(customer_id));
  };
  return overlapped(
    regrouped(customers, (message) => message.customers, askedRows),
    matchingOf,
    partsAtOnce,
  );
}

interface Period {
  readonly from_date?: string | null | undefined;
  readonly to_date?: string | null | undefined;
}

/** The edge has already read the dates of a REST query; dates that come by gRPC are read here. */
function periodOf({ from_date = null, to_date = null }: Period): Period {
  return { from_date: dateOf('from_date', from_date), to_date: dateOf('to_date', to_date) };
}

function dateOf(name: keyof Period, text: string | null): string | null {
  return (readParameter(name, text) as string | undefined) ?? null;
}
