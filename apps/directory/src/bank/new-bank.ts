import { randomUUID } from 'node:crypto';
import { checkText, fail } from '@platform/failure';
import { Failure, type PostBankJson500 } from '@platform/messages';
import { checkNewBankId } from './bank-id.js';
import { keptRoutings } from './bank-routings.js';
import type { BankRow } from './bank.view.js';

const limit = 255;
const maxRoutings = 100;

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
 * A bank's fields in a body, without its id; missing ones become empty.
 * @throws ObpFailure OBP-10001
 */
export function bankFields({
  id: _id,
  bank_id: _bank_id,
  bank_routings,
  ...texts
}: PostBankJson500): Omit<BankRow, 'bank_id' | 'attributes'> {
  checkRoutings(bank_routings);
  return {
    bank_code: texts.bank_code,
    full_name: texts.full_name ?? '',
    logo: texts.logo ?? '',
    website: texts.website ?? '',
    routings: keptRoutings(bank_routings),
  };
}

function checkRoutings(routings: PostBankJson500['bank_routings']): void {
  if (routings.length > maxRoutings)
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` bank_routings must not have more than ${maxRoutings} entries.`);
  for (const { scheme, address } of routings) {
    checkText('bank_routings.scheme', scheme, limit);
    checkText('bank_routings.address', address, limit);
  }
}
