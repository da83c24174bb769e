import { isOnCitus, type Random } from '@platform/testing';
import type { Client } from 'pg';
import { populate } from './population.js';

/** The fields that decide a customer's position in lists. */
export interface Row {
  readonly bank_id: string;
  readonly customer_id: string;
  readonly last_ok_date: string | null;
}

/** Customers of a test, written directly into the database. */
export interface List {
  /** Adds these customers. */
  insert(rows: readonly Row[], by?: Client): Promise<void>;
  /** Adds customers with random ids and dates; few different dates, so that many are equal. */
  add(bank_id: string, count: number, by?: Client): Promise<Row[]>;
  remove(rows: readonly Row[], by?: Client): Promise<void>;
  /** Changes a customer's date and bank. */
  move(row: Row, bank_id: string, by?: Client): Promise<Row>;
  /** The ids of a bank's customers in the order of an ascending list. */
  inOrder(rows: readonly Row[], bank_id: string): string[];
}

/** @param client of a database whose customer table is empty, before and after the test */
export async function createList(client: Client, random: Random): Promise<List> {
  const others = await otherColumns(client);
  let next = 0;
  const newDate = () => random.pick([null, '2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z', '2024-01-03T00:00:00Z']);
  const newRow = (bank_id: string): Row => ({
    bank_id,
    customer_id: `${random.int(100, 999)}-${(next += 1)}`,
    last_ok_date: newDate(),
  });
  const sort = ({ last_ok_date, customer_id }: Row) => `${last_ok_date ?? 'infinity'} ${customer_id}`;
  const insert = async (rows: readonly Row[], by = client) => {
    await by.query(
      `insert into customer (bank_id, customer_id, customer_number, last_ok_date, ${others.names}) select bank_id, customer_id, customer_id, last_ok_date, ${others.values}
       from unnest($1::text[], $2::text[], $3::timestamptz[]) as row (bank_id, customer_id, last_ok_date)`,
      columnsOf(rows),
    );
  };
  return {
    insert,
    async add(bank_id, count, by = client) {
      const rows = Array.from({ length: count }, () => newRow(bank_id));
      await insert(rows, by);
      return rows;
    },
    async remove(rows, by = client) {
      await by.query(
        'delete from customer using unnest($1::text[], $2::text[]) as gone (bank, id) where bank_id = bank and customer_id = id',
        columnsOf(rows).slice(0, 2),
      );
    },
    async move({ bank_id: from, customer_id }, to, by = client) {
      const last_ok_date = newDate();
      // A distributed row cannot change its bank.
      const [bank_id, change] = isOnCitus() ? [from, ''] : [to, 'bank_id = $4, '];
      await by.query(`update customer set ${change}last_ok_date = $3 where bank_id = $1 and customer_id = $2`, [
        from,
        customer_id,
        last_ok_date,
        ...(isOnCitus() ? [] : [bank_id]),
      ]);
      return { bank_id, customer_id, last_ok_date };
    },
    inOrder: (rows, bank_id) =>
      rows
        .filter((row) => row.bank_id === bank_id)
        .sort((a, b) => (sort(a) < sort(b) ? -1 : 1))
        .map(({ customer_id }) => customer_id),
  };
}

function columnsOf(rows: readonly Row[]): unknown[][] {
  return [
    rows.map(({ bank_id }) => bank_id),
    rows.map(({ customer_id }) => customer_id),
    rows.map(({ last_ok_date }) => last_ok_date),
  ];
}

/** The other columns of a customer, which do not matter here: their names, and values as SQL. */
async function otherColumns(client: Client): Promise<{ names: string; values: string }> {
  await client.query(populate, [1]);
  const { rows: columns } = await client.query<{ name: string; value: string }>(
    `with one as materialized (select to_jsonb(customer) as customer from customer limit 1)
     select column_name as name, coalesce(quote_literal(customer ->> column_name), 'null') || '::' || format_type(atttypid, atttypmod) as value
     from one, information_schema.columns join pg_attribute on attrelid = 'customer'::regclass and attname = column_name
     where table_name = 'customer' and is_generated = 'NEVER' and column_name not in ('bank_id', 'customer_id', 'customer_number', 'last_ok_date')`,
  );
  await client.query('truncate customer cascade');
  return {
    names: columns.map(({ name }) => name).join(', '),
    values: columns.map(({ name, value }) => (name === 'dob_of_dependants' ? `'{}'` : value)).join(', '),
  };
}
