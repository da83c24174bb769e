import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import type { Implementation } from '@platform/grpc';
import {
  type AccountCreated,
  type AccountServiceDefinition,
  Failure,
  type OpenAccountRequest,
} from '@platform/messages';
import { command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import type { Parts } from '../parts.js';
import { UserSchema, userUnknown } from '../user/user.entity.js';
import type { NewAccount } from './account.sql.js';
import { accountConflicts, ensureAccount, insertAccount, insertRoutings, randomNumber } from './insert-account.js';
import { checkOpening, wantedByPost, wantedByPut, type WantedAccount } from './new-account.js';

interface Opening {
  readonly bank_id: string;
  readonly account_id: string;
  readonly wanted: WantedAccount;
  readonly caller_id: string;
}

/**
 * The rpcs that open accounts.
 * @param nextNumber account numbers
 */
export function accountCommands(
  parts: Pick<Parts, 'orm' | 'clock'>,
  nextNumber: () => string = randomNumber,
): Implementation<AccountServiceDefinition> {
  const { orm, clock } = parts;

  const open = ({ bank_id, account_id, wanted, caller_id }: Opening): Promise<AccountCreated> =>
    command(orm, accountConflicts(bank_id), async (em) => {
      const user_id = wanted.user_id === '' ? caller_id : wanted.user_id;
      const user = isId(user_id) ? await em.findOne(UserSchema, { user_id, is_deleted: false }) : null;
      if (user === null) return userUnknown(user_id);
      checkOpening(wanted);
      const { label, product_code, branch_id, account_routings } = wanted;
      const { currency } = wanted.balance;
      const account: NewAccount = {
        bank_id,
        account_id,
        user_id,
        holder: user.username,
        label,
        product_code,
        branch_id,
        currency,
        created_at: wireTime(clock()),
      };
      await insertAccount(em, account, nextNumber);
      await insertRoutings(em, account, account_routings);
      return {
        account_id,
        user_id,
        label,
        product_code,
        balance: { currency, amount: '0' },
        branch_id,
        account_routings: [...account_routings],
        account_attributes: [],
      };
    });

  return {
    async createAccount({ bank_id, account_id, body }, { caller }) {
      return open({ bank_id, account_id, wanted: wantedByPut(body), caller_id: caller.user_id });
    },
    async addAccount({ bank_id, body }, { caller }) {
      return open({ bank_id, account_id: v7(), wanted: wantedByPost(body), caller_id: caller.user_id });
    },
    async openAccount(request) {
      const account = ownAccount(request, wireTime(clock()));
      await command(orm, accountConflicts(account.bank_id), (em) => ensureAccount(em, account, nextNumber));
      return {};
    },
  };
}

function ownAccount(
  { bank_id, account_id, kind, label, currency, holder }: OpenAccountRequest,
  created_at: string,
): NewAccount {
  if (!isId(account_id)) fail(Failure.FAILURE_INVALID_ACCOUNT_ID);
  return { bank_id, account_id, user_id: '', holder, label, product_code: kind, branch_id: '', currency, created_at };
}
