import type { CustomerAddressV310 } from '@platform/messages';
import type { RecordTable } from '../customer/customer-records.sql.js';
import type { Address } from './address.entity.js';

const columns = [
  'customer_address_id',
  'customer_id',
  'line_1',
  'line_2',
  'line_3',
  'city',
  'county',
  'state',
  'postcode',
  'country_code',
  'tags',
  'status',
  'created_at',
  'version',
] as const satisfies readonly (keyof Address)[];

/** A stored address: the columns that queries select and entities have. */
export type AddressRow = Readonly<Pick<Address, (typeof columns)[number]>>;

/** Oldest first. */
export const addresses: RecordTable = {
  table: 'customer_address',
  id: 'customer_address_id',
  columns: columns.map((column) => `record.${column}`),
  direction: 'asc',
};

export function customerAddressV310(row: AddressRow): CustomerAddressV310 {
  return {
    customer_address_id: row.customer_address_id,
    customer_id: row.customer_id,
    line_1: row.line_1,
    line_2: row.line_2,
    line_3: row.line_3,
    city: row.city,
    county: row.county,
    state: row.state,
    postcode: row.postcode,
    country_code: row.country_code,
    tags: row.tags,
    status: row.status,
    insert_date: row.created_at ?? '',
    version: row.version,
  };
}
