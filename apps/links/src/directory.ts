import { fail, isId } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { AccountServiceDefinition, Failure, UserAttributeServiceDefinition } from '@platform/messages';
import type { ServicePeer } from '@platform/service';

/** Which users and accounts there are, as the directory says now. */
export interface Directory {
  /** @throws ObpFailure OBP-20057 unless there is the user */
  requireUser(user_id: string, correlation_id: string): Promise<void>;
  /** @throws ObpFailure OBP-30018 unless the bank has the account */
  requireAccount(bank_id: string, account_id: string, correlation_id: string): Promise<void>;
}

const findUsers = rpc(UserAttributeServiceDefinition, 'findUsers');
const findAccounts = rpc(AccountServiceDefinition, 'findAccounts');

/** @param peer the directory service */
export function createDirectory(peer: ServicePeer): Directory {
  const isUser = async (user_id: string, correlation_id: string): Promise<boolean> =>
    isId(user_id) && (await peer.call(findUsers, { user_ids: [user_id] }, correlation_id)).user_ids.includes(user_id);
  const isAccount = async (bank_id: string, account_id: string, correlation_id: string): Promise<boolean> =>
    isId(account_id) && (await peer.call(findAccounts, { bank_id, account_ids: [account_id] }, correlation_id)).account_ids.includes(account_id);
  return {
    async requireUser(user_id, correlation_id) {
      if (!(await isUser(user_id, correlation_id))) fail(Failure.FAILURE_USER_NOT_FOUND_BY_ID);
    },
    async requireAccount(bank_id, account_id, correlation_id) {
      if (await isAccount(bank_id, account_id, correlation_id)) return;
      fail(Failure.FAILURE_BANK_ACCOUNT_NOT_FOUND, ` Current BankId is ${bank_id} and Current AccountId is ${account_id}`);
    },
  };
}
