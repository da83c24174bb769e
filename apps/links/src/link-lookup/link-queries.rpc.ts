import { isId } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { CustomerKey, LinkLookupServiceDefinition } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import { accountLinksOfCustomers, accountOfAgent } from '../customer-account-link/customer-account-link.sql.js';
import {
  customerAccountLink,
  type CustomerAccountLinkRow,
} from '../customer-account-link/customer-account-link.shape.js';
import { linkPages, noPages } from '../link-pages.js';
import {
  userLinksOfUser,
  userLinksOfUserAtAnyBank,
  usersOfCustomers,
} from '../user-customer-link/user-customer-link.sql.js';
import type { UserCustomerLinkRow } from '../user-customer-link/user-customer-link.shape.js';
import { keyPages } from './key-pages.js';

type UserRow = CustomerKey & { readonly user_id: string; readonly position: number; readonly id: string };
type AccountRow = CustomerAccountLinkRow & { readonly position: number; readonly id: string };

/** The rpcs by which other services read links. Those services check themselves which customers still exist. */
export function linkQueries(reader: Reader): Implementation<LinkLookupServiceDefinition> {
  return {
    getCustomersOfUser: ({ user_id, bank_id }) =>
      messagesOf(linksOfUser(reader, user_id, bank_id ?? undefined), (links) => ({
        keys: links.map(({ bank_id, customer_id }) => ({ bank_id, customer_id })),
      })),
    batchGetUsersOfCustomers: ({ keys }) =>
      messagesOf(keyPages<UserRow>(reader, usersOfCustomers, keys), (rows) => ({
        users: rows.map(({ bank_id, customer_id, user_id }) => ({ key: { bank_id, customer_id }, user_id })),
      })),
    batchGetAccountLinksOfCustomers: ({ keys }) =>
      messagesOf(keyPages<AccountRow>(reader, accountLinksOfCustomers, keys), (rows) => ({
        links: rows.map(customerAccountLink),
      })),
    async findAgentAccount({ bank_id, agent_id }) {
      const [link] = await reader.rows<{ account_id: string }>({ ...accountOfAgent, values: [bank_id, agent_id] });
      return { account_id: link?.account_id ?? null };
    },
  };
}

function linksOfUser(
  reader: Reader,
  user_id: string,
  bank_id: string | undefined,
): AsyncGenerator<UserCustomerLinkRow[]> {
  if (!isId(user_id)) return noPages();
  const idOf = (row: UserCustomerLinkRow) => row.user_customer_link_id;
  return bank_id === undefined
    ? linkPages(reader, userLinksOfUserAtAnyBank, [user_id], idOf)
    : linkPages(reader, userLinksOfUser, [bank_id, user_id], idOf);
}
