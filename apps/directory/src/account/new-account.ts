import { checkText, fail, invalidBody, otherShape } from '@platform/failure';
import {
  type AccountBalance,
  type AccountRouting,
  type CreateAccountRequestJsonV310,
  type CreateAccountRequestJsonV500,
  Failure,
  type UpdateAccountRequestJsonV310,
} from '@platform/messages';
import { isNumber, isZero } from './amount.js';
import { isCurrency } from './currency.js';

const limit = 255;
/** Together with the limits of the texts, this bounds the bytes of one account. */
const maxRoutings = 100;

/** The account that a body asks for. */
export interface WantedAccount {
  /** Empty: the caller. */
  readonly user_id: string;
  readonly label: string;
  readonly product_code: string;
  readonly balance: AccountBalance;
  readonly branch_id: string;
  readonly account_routings: readonly AccountRouting[];
}

/** @throws ObpFailure OBP-10001 */
export function wantedByPut(body: CreateAccountRequestJsonV500 | null): WantedAccount {
  const { user_id, label, product_code, balance, branch_id, account_routings } =
    body ?? otherShape('CreateAccountRequestJsonV500');
  return checked({
    user_id: user_id ?? '',
    label,
    product_code,
    balance: balance ?? { currency: 'EUR', amount: '0' },
    branch_id: branch_id ?? '',
    account_routings,
  });
}

/** @throws ObpFailure OBP-10001 */
export function wantedByPost(body: CreateAccountRequestJsonV310 | null): WantedAccount {
  const { balance, ...wanted } = body ?? otherShape('CreateAccountRequestJsonV310');
  return checked({ ...wanted, balance: balance ?? otherShape('CreateAccountRequestJsonV310') });
}

/** @throws ObpFailure OBP-10001 */
export function wantedByUpdate(body: UpdateAccountRequestJsonV310 | null): UpdateAccountRequestJsonV310 {
  return checked(body ?? otherShape('UpdateAccountRequestJsonV310'));
}

function checked<Wanted extends Pick<WantedAccount, 'account_routings'>>(wanted: Wanted): Wanted {
  if (wanted.account_routings.length > maxRoutings)
    invalidBody(`account_routings must not have more than ${maxRoutings} entries.`);
  for (const { scheme, address } of wanted.account_routings) {
    checkText('account_routings.scheme', scheme, limit);
    checkText('account_routings.address', address, limit);
  }
  return wanted;
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
