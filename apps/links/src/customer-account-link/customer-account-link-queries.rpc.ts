import { isId } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { CustomerAccountLinks, CustomerAccountLinkServiceDefinition } from '@platform/messages';
import { linkPages, noPages } from '../link-pages.js';
import type { Parts } from '../parts.js';
import { requireAccountLink, standing } from './customer-account-link-lookup.js';
import { accountLinksOfAccount, accountLinksOfCustomer } from './customer-account-link.sql.js';
import { customerAccountLink, type CustomerAccountLinkRow } from './customer-account-link.shape.js';

/** The rpcs that read links to accounts. The links of a deleted customer are deleted too. */
export function customerAccountLinkQueries(
  parts: Pick<Parts, 'reader' | 'customers' | 'directory'>,
): Implementation<CustomerAccountLinkServiceDefinition> {
  const { reader, customers, directory } = parts;
  const stored = (
    statement: typeof accountLinksOfAccount,
    bank_id: string,
    id: string,
  ): AsyncGenerator<CustomerAccountLinkRow[]> =>
    isId(id)
      ? linkPages<CustomerAccountLinkRow>(reader, statement, [bank_id, id], (row) => row.customer_account_link_id)
      : noPages();

  async function* ofAccount(
    bank_id: string,
    account_id: string,
    correlation_id: string,
  ): AsyncGenerator<CustomerAccountLinkRow[]> {
    await directory.requireAccount(bank_id, account_id, correlation_id);
    for await (const rows of stored(accountLinksOfAccount, bank_id, account_id))
      yield standing(customers, rows, correlation_id);
  }

  async function* ofCustomer(
    bank_id: string,
    customer_id: string,
    correlation_id: string,
  ): AsyncGenerator<CustomerAccountLinkRow[]> {
    await customers.require({ bank_id, customer_id }, correlation_id);
    yield* stored(accountLinksOfCustomer, bank_id, customer_id);
  }

  return {
    getCustomerAccountLinkById: async (request, { correlation_id }) =>
      customerAccountLink(await requireAccountLink(parts, request, correlation_id)),
    getCustomerAccountLinksByBankIdAccountId: ({ bank_id, account_id }, { correlation_id }) =>
      messagesOf(ofAccount(bank_id, account_id, correlation_id), linksOf),
    getCustomerAccountLinksByCustomerId: ({ bank_id, customer_id }, { correlation_id }) =>
      messagesOf(ofCustomer(bank_id, customer_id, correlation_id), linksOf),
  };
}

function linksOf(rows: readonly CustomerAccountLinkRow[]): CustomerAccountLinks {
  return { links: rows.map(customerAccountLink) };
}
