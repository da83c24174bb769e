import { isId } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { Account, AccountAttribute, AccountRouting, Accounts, AccountServiceDefinition } from '@platform/messages';
import { pagesOf, type Reader } from '@platform/persistence';
import { partsOf } from '@platform/runtime';
import { messageBytes, withRows } from '../pages.js';
import {
  type AccountRow,
  accountsByAttribute,
  accountsById,
  type AttributeRow,
  attributesOfAccounts,
  knownAccounts,
  type RoutingRow,
  routingsOfAccounts,
} from './account.sql.js';

/** Accounts and attributes fetched at once: this bounds the memory of a response, whatever their number. */
const accountRows = 100;
const knownRows = 1_000;
const attributeRows = 250;

/** The rpcs that read accounts: directly from columns to messages. */
export function accountQueries(reader: Reader): Implementation<AccountServiceDefinition> {
  return {
    async findAccounts({ bank_id, account_ids }) {
      const known = async (portion: string[]) =>
        reader.rows<{ account_id: string }>({ ...knownAccounts, values: [bank_id, portion] });
      const found = await Promise.all(partsOf(idsAt(bank_id, account_ids), knownRows).map(known));
      return { account_ids: found.flat().map(({ account_id }) => account_id) };
    },
    batchGetAccounts: ({ bank_id, account_ids }) =>
      messages(reader, bank_id, partsOf(idsAt(bank_id, account_ids), accountRows)),
    findAccountsByAttribute: (request) => messages(reader, request.bank_id, foundBy(reader, request)),
  };
}

/** The texts that can be ids of accounts, each once. */
function idsAt(bank_id: string, account_ids: readonly string[]): string[] {
  return isId(bank_id) ? [...new Set(account_ids.filter(isId))] : [];
}

async function* foundBy(
  reader: Reader,
  { bank_id, name, value }: { bank_id: string; name: string; value: string },
): AsyncGenerator<string[]> {
  const pages = pagesOf<{ account_id: string }>(accountRows, (last) =>
    reader.page({ ...accountsByAttribute, values: [bank_id, name, value, last?.account_id ?? '', accountRows] }),
  );
  for await (const rows of pages) yield rows.map(({ account_id }) => account_id);
}

type Portions = Iterable<readonly string[]> | AsyncIterable<readonly string[]>;

function messages(reader: Reader, bank_id: string, portions: Portions): AsyncGenerator<Accounts> {
  const pages = accountsOf(reader, bank_id, portions);
  return messagesOf(pages, (accounts) => ({ accounts }), { most: messageBytes, weightOf: maxBytes });
}

/** Reads each portion's accounts, routings and, unless there are many, attributes with one query each. */
async function* accountsOf(reader: Reader, bank_id: string, portions: Portions): AsyncGenerator<Account[]> {
  for await (const wanted of portions) {
    const [found, routings] = await Promise.all([
      reader.page<AccountRow>({ ...accountsById, values: [bank_id, wanted] }),
      reader.page<RoutingRow>({ ...routingsOfAccounts, values: [bank_id, wanted] }),
    ]);
    const ids = found.map(({ account_id }) => account_id);
    const attributes = pagesOf<AttributeRow>(attributeRows, (last) =>
      reader.page({
        ...attributesOfAccounts,
        values: [bank_id, ids, last?.account_id ?? '', last?.account_attribute_id ?? '', attributeRows],
      }),
    );
    const routingsById = grouped(routings);
    const isOf = (row: AttributeRow, account: AccountRow) => row.account_id === account.account_id;
    for await (const complete of withRows(found, attributes, isOf))
      yield complete.map(({ owner, own }) => accountOf(owner, routingsById.get(owner.account_id) ?? [], own));
  }
}

function grouped(rows: readonly RoutingRow[]): Map<string, RoutingRow[]> {
  const groups = new Map<string, RoutingRow[]>();
  for (const row of rows) {
    const group = groups.get(row.account_id);
    if (group === undefined) groups.set(row.account_id, [row]);
    else group.push(row);
  }
  return groups;
}

function accountOf(
  { currency, amount, ...account }: AccountRow,
  account_routings: AccountRouting[],
  account_attributes: AccountAttribute[],
): Account {
  return { ...account, balance: { currency, amount }, account_routings, account_attributes };
}

/** An upper bound, from the length limits of the texts; three bytes for each JavaScript character. */
function maxBytes({ account_routings, account_attributes }: Account): number {
  return account_attributes.reduce(
    (bytes, { value }) => bytes + 4_000 + 3 * value.length,
    5_000 + 2_100 * account_routings.length,
  );
}
