import type { BankAttribute, BankRouting, BankV400, BankV500 } from '@platform/messages';
import type { Query } from '@platform/persistence';
import { shownRoutings } from './bank-routings.js';

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

/** The banks after an id, ordered by id; an empty id starts at the first bank. */
export const banksAfter = (bank_id: string, limit: number): Query => ({
  name: 'banks-after',
  text: `select ${columns} from bank where bank_id > $1 order by bank_id limit $2`,
  values: [bank_id, limit],
});

export function bankV500(bank: BankRow): BankV500 {
  const { bank_id, bank_code, full_name, logo, website, routings, attributes } = bank;
  return {
    id: bank_id,
    bank_id,
    ...given({ bank_code, full_name, logo, website }),
    bank_routings: shownRoutings(bank_id, routings),
    attributes,
  };
}

export function bankV400(bank: BankRow): BankV400 {
  const { bank_id, bank_code, full_name, logo, website, routings, attributes } = bank;
  return {
    id: bank_id,
    bank_id,
    ...given({ bank_code, short_name: bank_code, full_name, logo, website }),
    bank_routings: shownRoutings(bank_id, routings),
    attributes,
  };
}

/** Missing texts are stored as empty strings and returned as null. */
function given<Name extends string>(texts: Readonly<Record<Name, string>>): Record<Name, string | null> {
  return Object.fromEntries(
    Object.entries<string>(texts).map(([name, text]) => [name, text === '' ? null : text]),
  ) as Record<Name, string | null>;
}
