import type { MikroORM } from '@mikro-orm/postgresql';
import { forgetCustomer } from '@platform/customer-presence';
import { fail, invalidBody } from '@platform/failure';
import { isId } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import {
  type AttributesOfCustomer,
  type CustomerAttributeLookupServiceDefinition,
  type CustomerKey,
  Failure,
  type MatchCustomersRequest,
} from '@platform/messages';
import { countRecords, lookUpAt, pagesOfBanks, type Reader } from '@platform/persistence';
import { messageAttributes } from './customer-attribute-limits.js';
import { attributesOfCustomers, customersOfPairs, customersOfPairsAmong } from './customer-attribute.sql.js';
import { groupedByCustomer, type PlacedAttribute } from './customer-attribute.shape.js';

/** The records that are deleted with a customer. */
const tables = [{ table: 'customer_attribute', id: 'customer_attribute_id', versioned: true }] as const;

const maxKeys = 1_000;
const maxMatches = 10_000;

/** Up to this many customers are looked up fast enough to share a connection with other short reads. */
const shortKeys = 100;

/** The rpcs on attributes that other services call. */
export function customerAttributeLookup(
  orm: MikroORM,
  reader: Reader,
): Implementation<CustomerAttributeLookupServiceDefinition> {
  return {
    batchGetCustomerAttributes: ({ keys }) => messagesOf(attributesOf(reader, keys), (customers) => ({ customers })),
    matchCustomers: async (request) => ({ customer_ids: await matches(reader, request) }),
    findAttributesOfCustomer: async ({ key }) => ({ records: await countRecords(reader, tables, key) }),
    async forgetCustomerAttributes({ key }, call) {
      await forgetCustomer(orm, call, key, tables);
      return {};
    },
  };
}

/** The attributes customer by customer, in pages of limited size; one query per page. */
async function* attributesOf(reader: Reader, asked: readonly CustomerKey[]): AsyncGenerator<AttributesOfCustomer[]> {
  if (asked.length > maxKeys) invalidBody(`keys must not have more than ${maxKeys} elements.`);
  const query = asked.length > shortKeys ? reader.page : reader.rows;
  const statement = lookUpAt(reader, attributesOfCustomers);
  const read = (own: readonly CustomerKey[], after: string) => {
    const values = [own.map(({ bank_id }) => bank_id), own.map(({ customer_id }) => customer_id), after];
    return query<PlacedAttribute>({ ...statement, values });
  };
  const placeOf = ({ position, customer_attribute_id }: PlacedAttribute) => ({ position, id: customer_attribute_id });
  const { distributed } = reader;
  const pages = pagesOfBanks(distinct(asked), { distributed, full: messageAttributes, read, placeOf });
  for await (const { keys, rows } of pages) yield groupedByCustomer(keys, rows);
}

/** Each key once, without texts that cannot be keys. */
function distinct(keys: readonly CustomerKey[]): CustomerKey[] {
  const valid = keys.filter(({ bank_id, customer_id }) => isId(bank_id) && isId(customer_id));
  return [...new Map(valid.map((key) => [`${key.bank_id}/${key.customer_id}`, key])).values()];
}

async function matches(reader: Reader, { bank_id, pairs, limit, among }: MatchCustomersRequest): Promise<string[]> {
  if (limit < 1 || limit > maxMatches) fail(Failure.FAILURE_INVALID_LIMIT);
  const values = [bank_id, pairs.map(({ name }) => name), pairs.map(({ value }) => value), limit];
  const query =
    among.length === 0
      ? { ...customersOfPairs, values }
      : { ...customersOfPairsAmong, values: [...values, [...new Set(among.filter(isId))]] };
  return (await reader.page<{ customer_id: string }>(query)).map(({ customer_id }) => customer_id);
}
