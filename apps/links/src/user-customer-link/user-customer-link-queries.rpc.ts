import { isId } from '@platform/input';
import { type Call, type Implementation, messagesOf } from '@platform/grpc';
import type { UserCustomerLinks, UserCustomerLinkServiceDefinition } from '@platform/messages';
import { linkPages, noPages } from '../link-pages.js';
import type { Parts } from '../parts.js';
import { userLinksOfCustomer, userLinksOfUser } from './user-customer-link.sql.js';
import { userCustomerLink, type UserCustomerLinkRow } from './user-customer-link.shape.js';

/** The rpcs that read links to users. The links of a deleted customer are deleted too. */
export function userCustomerLinkQueries({
  reader,
  customers,
}: Pick<Parts, 'reader' | 'customers'>): Implementation<UserCustomerLinkServiceDefinition> {
  const linksOf = (
    statement: typeof userLinksOfUser,
    bank_id: string,
    id: string,
    { correlation_id }: Call,
  ): AsyncGenerator<UserCustomerLinks> => {
    const stored = isId(id)
      ? linkPages<UserCustomerLinkRow>(reader, statement, [bank_id, id], (row) => row.user_customer_link_id)
      : noPages();
    return messagesOf(ofCustomers(stored, correlation_id), (rows) => ({
      user_customer_links: rows.map(userCustomerLink),
    }));
  };

  async function* ofCustomers(
    pages: AsyncIterable<UserCustomerLinkRow[]>,
    correlation_id: string,
  ): AsyncGenerator<UserCustomerLinkRow[]> {
    for await (const rows of pages) yield customers.existing(rows, correlation_id);
  }

  return {
    getUserCustomerLinksByCustomerId: ({ bank_id, customer_id }, call) =>
      linksOf(userLinksOfCustomer, bank_id, customer_id, call),
    getUserCustomerLinksByUserId: ({ bank_id, user_id }, call) => linksOf(userLinksOfUser, bank_id, user_id, call),
  };
}
