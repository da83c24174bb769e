import { randomUUID } from 'node:crypto';
import type { PostBankJson500 } from '@platform/messages';
import { checkNewBankId } from './bank-id.js';
import { keptRoutings } from './bank-routings.js';
import type { BankRow } from './bank.sql.js';

/**
 * The bank that a body describes; without an id it gets a generated one.
 * @throws ObpFailure OBP-10001, OBP-20010 or OBP-20011
 */
export function newBank(body: PostBankJson500): BankRow {
  const fields = bankFields(body);
  const bank_id = body.id ?? body.bank_id ?? randomUUID();
  checkNewBankId(bank_id);
  return { bank_id, ...fields, attributes: [] };
}

/**
 * What a body says of a bank besides its id; what is absent is empty.
 */
export function bankFields({
  id: _id,
  bank_id: _bank_id,
  bank_routings,
  ...texts
}: PostBankJson500): Omit<BankRow, 'bank_id' | 'attributes'> {
  return {
    bank_code: texts.bank_code,
    full_name: texts.full_name ?? '',
    logo: texts.logo ?? '',
    website: texts.website ?? '',
    routings: keptRoutings(bank_routings),
  };
}
