import type { CustomerKey, UserCustomerLink as Message } from '@platform/messages';
import type { UserCustomerLink } from './user-customer-link.entity.js';

/** A stored link: the columns that queries select and entities have. Dates as in responses. */
export type UserCustomerLinkRow = Readonly<Pick<UserCustomerLink, keyof Message | keyof CustomerKey>>;

/** The published shape: without the bank. */
export function userCustomerLink({
  user_customer_link_id,
  customer_id,
  user_id,
  date_inserted,
  is_active,
}: UserCustomerLinkRow): Message {
  return { user_customer_link_id, customer_id, user_id, date_inserted, is_active };
}
