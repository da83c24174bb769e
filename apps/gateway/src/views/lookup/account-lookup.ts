import { createLookUps, rpc } from '@platform/grpc';
import {
  type Account,
  AccountServiceDefinition,
  type CustomerKey,
  LinkLookupServiceDefinition,
} from '@platform/messages';
import { partsOf } from '@platform/runtime';
import type { Backend } from '../../calls/backend.js';
import { overlapped } from '../overlapped.js';
import { pageRows } from '../pages.js';
import { byCustomer, distinct } from './customer-keys.js';
import { batches, callsAtOnce, lookUp } from './look-up.js';

/** A bank's accounts that belong to a customer. Look-ups of concurrent requests are sent in one call. */
export interface AccountLookup {
  /** Accounts that have the attribute, in the order of their ids; always its own call. */
  carrying(bank_id: string, name: string, value: string, correlation_id: string): Promise<Account[]>;
  /** The ids of the accounts linked to the customer, in the order of the links. */
  linkedTo(key: CustomerKey, correlation_id: string): Promise<string[]>;
  /** Accounts that exist, in any order, each once; one call for each thousand, four at a time. */
  all(bank_id: string, account_ids: readonly string[], correlation_id: string): Promise<Account[]>;
}

interface WantedAccounts {
  readonly bank_id: string;
  readonly account_ids: readonly string[];
  readonly correlation_id: string;
}

/** Look-ups of more accounts get their own call, so that others do not wait for them; most customers have fewer. */
const fewAccounts = 20;

const findAccountsByAttribute = rpc(AccountServiceDefinition, 'findAccountsByAttribute');
const batchGetAccounts = rpc(AccountServiceDefinition, 'batchGetAccounts');
const batchGetAccountLinks = rpc(LinkLookupServiceDefinition, 'batchGetAccountLinksOfCustomers');

export function createAccountLookup(backend: Backend): AccountLookup {
  const linkedTo = createLookUps<CustomerKey & { readonly correlation_id: string }, string[]>(
    async (wanted, correlation_id) => {
      const links = await lookUp(
        backend,
        batchGetAccountLinks,
        { keys: distinct(wanted) },
        (message) => message.links,
        correlation_id,
      );
      const accountsOf = byCustomer(
        links.map(({ bank_id, customer_id, account_id }) => ({ key: { bank_id, customer_id }, account_id })),
        ({ account_id }) => [account_id],
      );
      return wanted.map(accountsOf);
    },
    batches,
  );
  const all = createLookUps<WantedAccounts, Account[]>(async (wanted, correlation_id) => {
    const banks = new Set(wanted.map(({ bank_id }) => bank_id));
    const found = new Map(
      await Promise.all(
        [...banks].map(
          async (bank_id) =>
            [
              bank_id,
              await accountsOf(
                backend,
                bank_id,
                wanted.filter((one) => one.bank_id === bank_id),
                correlation_id,
              ),
            ] as const,
        ),
      ),
    );
    return wanted.map(({ bank_id, account_ids }) => account_ids.flatMap((id) => found.get(bank_id)?.get(id) ?? []));
  }, batches);
  return {
    carrying: (bank_id, name, value, correlation_id) =>
      lookUp(backend, findAccountsByAttribute, { bank_id, name, value }, ({ accounts }) => accounts, correlation_id),
    linkedTo: ({ bank_id, customer_id }, correlation_id) => linkedTo({ bank_id, customer_id, correlation_id }),
    async all(bank_id, ids, correlation_id) {
      const wanted: WantedAccounts = { bank_id, account_ids: [...new Set(ids)], correlation_id };
      if (ids.length === 0) return [];
      return ids.length > fewAccounts
        ? [...(await accountsOf(backend, bank_id, [wanted], correlation_id)).values()]
        : all(wanted);
    },
  };
}

/** The accounts of one bank by their ids. */
async function accountsOf(
  backend: Backend,
  bank_id: string,
  wanted: readonly WantedAccounts[],
  correlation_id: string,
): Promise<ReadonlyMap<string, Account>> {
  const ids = [...new Set(wanted.flatMap(({ account_ids }) => account_ids))];
  const found = new Map<string, Account>();
  const ask = (part: readonly string[]) =>
    lookUp(
      backend,
      batchGetAccounts,
      { bank_id, account_ids: [...part] },
      (message) => message.accounts,
      correlation_id,
    );
  for await (const accounts of overlapped(partsOf(ids, pageRows), ask, callsAtOnce)) {
    for (const account of accounts) found.set(account.account_id, account);
  }
  return found;
}
