import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import { type AccountAttribute, type AccountServiceDefinition, Failure } from '@platform/messages';
import { pagesOf, type Reader } from '@platform/persistence';
import { messageBytes } from '../pages.js';
import { type UserRow, userById } from '../user/user.sql.js';
import { userUnknown } from '../user/user.entity.js';
import { accountUnknown } from './account-unknown.js';
import { attributesOfAccounts } from './account.sql.js';
import { accountsHeld, accountsHeldAtBank, accountWithHolder, type HeldAccountRow } from './held-account.sql.js';
import { basicAccount, coreAccount, coreAccountV300, fullAccount, maxBytes, ownerView } from './held-account.shape.js';

/** Rows fetched at once: this bounds the memory of a response of any length. */
const accountRows = 100;
const attributeRows = 250;

const cut = { most: messageBytes, weightOf: maxBytes };

interface Wanted {
  readonly bank_id: string;
  readonly account_id: string;
  readonly view_id?: string;
}

/** The rpcs by which users read their own accounts. */
export function heldAccounts(reader: Reader): Implementation<AccountServiceDefinition> {
  const atAllBanks = (user_id: string) =>
    pagesOf<HeldAccountRow>(accountRows, (last, rows) =>
      reader.page({ ...accountsHeld, values: [user_id, last?.bank_id ?? '', last?.account_id ?? '', rows] }),
    );
  const atBank = (user_id: string, bank_id: string) =>
    pagesOf<HeldAccountRow>(accountRows, async (last, rows) =>
      isId(bank_id)
        ? reader.page({ ...accountsHeldAtBank, values: [user_id, bank_id, last?.account_id ?? '', rows] })
        : [],
    );

  return {
    getCoreAccountById: async (request, { caller }) => coreAccount(await heldBy(reader, caller.user_id, request)),
    getCoreAccountByIdThroughView: async (request, { caller }) =>
      coreAccount(await heldBy(reader, caller.user_id, request)),
    async getPrivateAccountByIdFull(request, { caller }) {
      const account = await heldBy(reader, caller.user_id, request);
      const [[holder], attributes] = await Promise.all([
        reader.rows<UserRow>(userById(caller.user_id)),
        attributesOf(reader, account),
      ]);
      return fullAccount(account, holder ?? userUnknown(caller.user_id), attributes);
    },
    corePrivateAccountsAllBanks: (_request, { caller }) =>
      messagesOf(atAllBanks(caller.user_id), (rows) => ({ accounts: rows.map(coreAccountV300) }), cut),
    getPrivateAccountsAtOneBank: ({ bank_id }, { caller }) =>
      messagesOf(atBank(caller.user_id, bank_id), (rows) => ({ accounts: rows.map(basicAccount) }), cut),
    privateAccountsAtOneBank: ({ bank_id }, { caller }) =>
      messagesOf(atBank(caller.user_id, bank_id), (rows) => ({ accounts: rows.map(coreAccountV300) }), cut),
  };
}

/**
 * An account through one of its views: the requested one, by default the owner's.
 * @throws ObpFailure OBP-30018; if the user has no such view OBP-20019, or OBP-20017 for a requested one
 */
async function heldBy(
  reader: Reader,
  user_id: string,
  { bank_id, account_id, view_id }: Wanted,
): Promise<HeldAccountRow> {
  const [account] = isId(bank_id)
    ? await reader.rows<HeldAccountRow>({ ...accountWithHolder, values: [bank_id, account_id] })
    : [];
  if (account === undefined) return accountUnknown(bank_id, account_id);
  if (account.user_id === user_id && (view_id ?? ownerView) === ownerView) return account;
  if (view_id !== undefined) return fail(Failure.FAILURE_VIEW_ACCESS_DENIED, ` Current ViewId is ${view_id}`);
  return fail(Failure.FAILURE_NO_OWNER_VIEW, `userId : ${user_id}. bankId : ${bank_id}. accountId : ${account_id}`);
}

/** All attributes, oldest first: their total size is limited to what one message holds. */
async function attributesOf(reader: Reader, { bank_id, account_id }: HeldAccountRow): Promise<AccountAttribute[]> {
  const pages = pagesOf<AccountAttribute>(attributeRows, (last, rows) =>
    reader.page({
      ...attributesOfAccounts,
      values: [bank_id, [account_id], account_id, last?.account_attribute_id ?? '', rows],
    }),
  );
  const attributes: AccountAttribute[] = [];
  for await (const rows of pages) attributes.push(...rows);
  return attributes;
}
