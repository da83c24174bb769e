import type { BankV400, BankV500 } from '@platform/messages';
import { shownRoutings } from './bank-routings.js';
import type { BankRow } from './bank.sql.js';

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
