import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import { createExistence, rpc } from '@platform/grpc';
import { AccountServiceDefinition, Failure, UserAttributeServiceDefinition } from '@platform/messages';
import type { ServicePeer } from '@platform/service';

/** Asks the directory which users and accounts exist now. Look-ups of concurrent calls are sent in one call. */
export interface Directory {
  /** @throws ObpFailure OBP-20057 unless the user exists */
  requireUser(user_id: string, correlation_id: string): Promise<void>;
  /** @throws ObpFailure OBP-30018 unless the bank has the account */
  requireAccount(bank_id: string, account_id: string, correlation_id: string): Promise<void>;
}

interface AccountKey {
  readonly bank_id: string;
  readonly account_id: string;
}

const findUsers = rpc(UserAttributeServiceDefinition, 'findUsers');
const findAccounts = rpc(AccountServiceDefinition, 'findAccounts');

/** @param peer the directory service */
export function createDirectory(peer: ServicePeer): Directory {
  const userExists = createExistence(
    (user_id: string) => user_id,
    async (user_ids, correlation_id) => (await peer.call(findUsers, { user_ids }, correlation_id)).user_ids,
  );
  const accountExists = createExistence(
    ({ bank_id, account_id }: AccountKey) => `${bank_id}/${account_id}`,
    (keys, correlation_id) => existingAccounts(peer, keys, correlation_id),
  );
  return {
    // A text that is no id is not looked up: a text that the database refuses would make the whole batch fail.
    async requireUser(user_id, correlation_id) {
      if (!isId(user_id) || !(await userExists(user_id, correlation_id))) fail(Failure.FAILURE_USER_NOT_FOUND_BY_ID);
    },
    async requireAccount(bank_id, account_id, correlation_id) {
      if (isId(account_id) && (await accountExists({ bank_id, account_id }, correlation_id))) return;
      fail(
        Failure.FAILURE_BANK_ACCOUNT_NOT_FOUND,
        ` Current BankId is ${bank_id} and Current AccountId is ${account_id}`,
      );
    },
  };
}

/** The directory looks up the accounts of one bank per call, so a batch makes one call for each bank in it. */
async function existingAccounts(
  peer: ServicePeer,
  keys: readonly AccountKey[],
  correlation_id: string,
): Promise<AccountKey[]> {
  const ofBank = async (bank_id: string): Promise<AccountKey[]> => {
    const account_ids = keys.filter((key) => key.bank_id === bank_id).map(({ account_id }) => account_id);
    const found = await peer.call(findAccounts, { bank_id, account_ids }, correlation_id);
    return found.account_ids.map((account_id) => ({ bank_id, account_id }));
  };
  return (await Promise.all([...new Set(keys.map(({ bank_id }) => bank_id))].map(ofBank))).flat();
}
