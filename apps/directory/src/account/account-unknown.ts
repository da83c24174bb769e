import { failAbout } from '@platform/failure';
import { Failure } from '@platform/messages';

/** @throws ObpFailure OBP-30018 */
export function accountUnknown(bank_id: string, account_id: string): never {
  return failAbout(Failure.FAILURE_BANK_ACCOUNT_NOT_FOUND, { bank_id, account_id });
}
