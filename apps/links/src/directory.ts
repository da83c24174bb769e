import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import { createLookUps, rpc } from '@platform/grpc';
import { AccountServiceDefinition, Failure, UserAttributeServiceDefinition } from '@platform/messages';
import type { ServicePeer } from '@platform/service';

/** Asks the directory which users and accounts exist now. Look-ups of concurrent calls are sent in one call. */
export interface Directory {
  /** @throws ObpFailure OBP-20057 unless the user exists */
  requireUser(user_id: string, correlation_id: string): Promise<void>;
  /** @throws ObpFailure OBP-30018 unless the bank has the account */
  requireAccount(bank_id: string, account_id: string, correlation_id: string): Promise<void>;
}

interface Wanted {
  readonly id: string;
  readonly correlation_id: string;
}

type Exists<Key> = (key: Key) => Promise<boolean>;

const findUsers = rpc(UserAttributeServiceDefinition, 'findUsers');
const findAccounts = rpc(AccountServiceDefinition, 'findAccounts');

const batches = { limit: 500, parallel: 2 };

/** @param peer the directory service */
export function createDirectory(peer: ServicePeer): Directory {
  const userExists = createLookUps<Wanted, boolean>(async (wanted, correlation_id) => {
    const { user_ids } = await peer.call(findUsers, { user_ids: idsOf(wanted) }, correlation_id);
    const there = new Set(user_ids);
    return wanted.map(({ id }) => there.has(id));
  }, batches);
  const accountExists = findingAccounts(peer);
  return {
    // A text that is no id is not looked up: a text that the database refuses would make the whole batch fail.
    async requireUser(user_id, correlation_id) {
      if (!isId(user_id) || !(await userExists({ id: user_id, correlation_id })))
        fail(Failure.FAILURE_USER_NOT_FOUND_BY_ID);
    },
    async requireAccount(bank_id, account_id, correlation_id) {
      if (isId(account_id) && (await accountExists({ bank_id, id: account_id, correlation_id }))) return;
      fail(
        Failure.FAILURE_BANK_ACCOUNT_NOT_FOUND,
        ` Current BankId is ${bank_id} and Current AccountId is ${account_id}`,
      );
    },
  };
}

/** The directory looks up the accounts of one bank per call, so a batch makes one call for each bank in it. */
function findingAccounts(peer: ServicePeer): Exists<Wanted & { readonly bank_id: string }> {
  return createLookUps(async (wanted, correlation_id) => {
    const there = new Set<string>();
    const ofBank = async (bank_id: string): Promise<void> => {
      const own = wanted.filter((one) => one.bank_id === bank_id);
      const { account_ids } = await peer.call(findAccounts, { bank_id, account_ids: idsOf(own) }, correlation_id);
      for (const id of account_ids) there.add(`${bank_id}/${id}`);
    };
    await Promise.all([...new Set(wanted.map(({ bank_id }) => bank_id))].map(ofBank));
    return wanted.map(({ bank_id, id }) => there.has(`${bank_id}/${id}`));
  }, batches);
}

function idsOf(wanted: readonly Wanted[]): string[] {
  return [...new Set(wanted.map(({ id }) => id))];
}
