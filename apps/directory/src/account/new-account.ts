import { fail, otherShape } from '@platform/failure';
import {
  type AccountBalance,
  type AccountRouting,
  type CreateAccountRequestJsonV310,
  type CreateAccountRequestJsonV500,
  Failure,
} from '@platform/messages';
import { isNumber, isZero } from './amount.js';
import { isCurrency } from './currency.js';

/** What a body asks for. */
export interface WantedAccount {
  /** Empty: the caller. */
  readonly user_id: string;
  readonly label: string;
  readonly product_code: string;
  readonly balance: AccountBalance;
  readonly branch_id: string;
  readonly account_routings: readonly AccountRouting[];
}

/** What is absent is the caller's, has no branch, and is in euros. */
export function wantedByPut({ user_id, balance, branch_id, ...rest }: CreateAccountRequestJsonV500): WantedAccount {
  return {
    ...rest,
    user_id: user_id ?? '',
    balance: balance ?? { currency: 'EUR', amount: '0' },
    branch_id: branch_id ?? '',
  };
}

/** @throws ObpFailure OBP-10001 */
export function wantedByPost({ balance, ...wanted }: CreateAccountRequestJsonV310): WantedAccount {
  return { ...wanted, balance: balance ?? otherShape('CreateAccountRequestJsonV310') };
}

/**
 * Checks the rules for every new account.
 * @throws ObpFailure OBP-30112, OBP-30109, OBP-10003 or OBP-30114
 */
export function checkOpening({ balance, account_routings }: WantedAccount): void {
  if (!isNumber(balance.amount)) fail(Failure.FAILURE_INVALID_INITIAL_BALANCE);
  if (!isZero(balance.amount)) fail(Failure.FAILURE_INITIAL_BALANCE_NOT_ZERO);
  if (!isCurrency(balance.currency)) fail(Failure.FAILURE_INVALID_CURRENCY);
  checkSchemes(account_routings);
}

/**
 * An account has at most one routing per scheme.
 * @throws ObpFailure OBP-30114
 */
export function checkSchemes(account_routings: readonly AccountRouting[]): void {
  if (new Set(account_routings.map(({ scheme }) => scheme)).size === account_routings.length) return;
  fail(
    Failure.FAILURE_INVALID_ACCOUNT_ROUTINGS,
    ' Duplication detected in account routings, please specify only one value per routing scheme',
  );
}
