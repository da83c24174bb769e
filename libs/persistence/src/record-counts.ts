import type { Reader, Statement } from './reader.js';
import { statementName } from './statement-name.js';

/** A table with records that belong to customers. */
export interface CountedTable {
  readonly table: string;
  /** The column with the record's own id; ids are in the order of creation. */
  readonly id: string;
  /** A condition where only some records belong to customers. */
  readonly only?: string;
}

export interface RecordCount {
  /** The table. */
  readonly kind: string;
  readonly count: number;
  /** Of the oldest ones, at most 100. */
  readonly ids: string[];
}

/** Counts a customer's records in each of the tables. */
export function countRecords(
  reader: Reader,
  tables: readonly CountedTable[],
  { bank_id, customer_id }: { readonly bank_id: string; readonly customer_id: string },
): Promise<RecordCount[]> {
  return Promise.all(
    tables.map(async (one) => {
      const [row] = await reader.page<Omit<RecordCount, 'kind'>>({ ...counted(one), values: [bank_id, customer_id] });
      return { kind: one.table, count: row?.count ?? 0, ids: row?.ids ?? [] };
    }),
  );
}

function counted({ table, id, only = 'true' }: CountedTable): Statement {
  const text = `
    select count(*) as count, coalesce((array_agg(${id} order by ${id}))[1:100], '{}') as ids
    from ${table}
    where bank_id = $1 and customer_id = $2 and ${only}`;
  return { name: statementName(`count-${table}`, text), text };
}
