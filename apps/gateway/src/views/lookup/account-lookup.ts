import { rpc } from '@platform/grpc';
import { type Account, AccountServiceDefinition, type CustomerKey, LinkLookupServiceDefinition } from '@platform/messages';
import type { Backend } from '../../calls/backend.js';
import { pageRows, partsOf } from '../pages.js';
import { lookUp } from './look-up.js';

/** The accounts of a bank that have to do with a customer. */
export interface AccountLookup {
  /** Those that carry the attribute, in the order of their ids. */
  carrying(bank_id: string, name: string, value: string, correlation_id: string): Promise<Account[]>;
  /** The ids of those linked to the customer, in the order of the links. */
  linkedTo(key: CustomerKey, correlation_id: string): Promise<string[]>;
  /** Those that exist, in any order; one call for each thousand. */
  all(bank_id: string, account_ids: readonly string[], correlation_id: string): Promise<Account[]>;
}

const findAccountsByAttribute = rpc(AccountServiceDefinition, 'findAccountsByAttribute');
const batchGetAccounts = rpc(AccountServiceDefinition, 'batchGetAccounts');
const batchGetAccountLinks = rpc(LinkLookupServiceDefinition, 'batchGetAccountLinksOfCustomers');

export function createAccountLookup(backend: Backend): AccountLookup {
  return {
    carrying: (bank_id, name, value, correlation_id) => lookUp(backend, findAccountsByAttribute, { bank_id, name, value }, ({ accounts }) => accounts, correlation_id),
    async linkedTo({ bank_id, customer_id }, correlation_id) {
      const links = await lookUp(backend, batchGetAccountLinks, { keys: [{ bank_id, customer_id }] }, (message) => message.links, correlation_id);
      return links.map(({ account_id }) => account_id);
    },
    async all(bank_id, account_ids, correlation_id) {
      const found: Account[] = [];
      for (const part of partsOf(account_ids, pageRows)) {
        found.push(...(await lookUp(backend, batchGetAccounts, { bank_id, account_ids: [...part] }, ({ accounts }) => accounts, correlation_id)));
      }
      return found;
    },
  };
}
