import type { CustomerAccountLink as Message } from '@platform/messages';
import type { CustomerAccountLink } from './customer-account-link.entity.js';

/** A stored link: the columns that queries select and entities have. */
export type CustomerAccountLinkRow = Readonly<Pick<CustomerAccountLink, keyof Message | 'is_agent'>>;

/** The published shape. */
export function customerAccountLink({
  customer_account_link_id,
  customer_id,
  bank_id,
  account_id,
  relationship_type,
  version,
}: CustomerAccountLinkRow): Message {
  return { customer_account_link_id, customer_id, bank_id, account_id, relationship_type, version };
}
