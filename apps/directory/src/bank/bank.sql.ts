import type { BankAttribute, BankRouting } from '@platform/messages';
import type { Query } from '@platform/persistence';

/** A bank as stored in its table. */
export interface BankRow {
  bank_id: string;
  bank_code: string;
  full_name: string;
  logo: string;
  website: string;
  routings: BankRouting[];
  attributes: BankAttribute[];
}

const columns = 'bank_id, bank_code, full_name, logo, website, routings, attributes';

export const bankById = (bank_id: string): Query => ({
  name: 'bank-by-id',
  text: `select ${columns} from bank where bank_id = $1`,
  values: [bank_id],
});

/** One row without columns for a bank that exists. */
export const bankExists = (bank_id: string): Query => ({
  name: 'find-bank',
  text: 'select from bank where bank_id = $1',
  values: [bank_id],
});

/** The banks after an id, ordered by id; an empty id starts at the first bank. */
export const banksAfter = (bank_id: string, limit: number): Query => ({
  name: 'banks-after',
  text: `select ${columns} from bank where bank_id > $1 order by bank_id limit $2`,
  values: [bank_id, limit],
});
