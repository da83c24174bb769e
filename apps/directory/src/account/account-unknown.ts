import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** @throws ObpFailure OBP-30018 */
export function accountUnknown(bank_id: string, account_id: string): never {
  return fail(
    Failure.FAILURE_BANK_ACCOUNT_NOT_FOUND,
    ` Current BankId is ${bank_id} and Current AccountId is ${account_id}`,
  );
}
