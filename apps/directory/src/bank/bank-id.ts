import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

const longest = 255;
const characters = /^[A-Za-z0-9._-]*$/;

/** Whether this can be the id of a bank; otherwise no bank is found. */
export function isBankId(text: string): boolean {
  return text !== '' && text.length <= longest && characters.test(text);
}

/**
 * Checks the id of a new bank.
 * @throws ObpFailure OBP-20011, OBP-20010 or OBP-10001
 */
export function checkNewBankId(bank_id: string): void {
  if (!characters.test(bank_id)) fail(Failure.FAILURE_INVALID_CHARACTERS, '.');
  if (bank_id.length > longest) fail(Failure.FAILURE_VALUE_TOO_LONG, '.');
  if (bank_id.length <= 3)
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ' Min length of BANK_ID should be greater than 3 characters.');
}
