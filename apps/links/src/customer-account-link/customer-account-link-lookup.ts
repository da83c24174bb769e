import type { Customers } from '@platform/customer-presence';
import type { Reader } from '@platform/persistence';
import { customerAccountLinkUnknown } from './customer-account-link.entity.js';
import { accountLinkById } from './customer-account-link.sql.js';
import type { CustomerAccountLinkRow } from './customer-account-link.shape.js';

/** The valid links, in the same order: those of agents, and those of customers that exist. */
export async function standing(
  customers: Customers,
  links: readonly CustomerAccountLinkRow[],
  correlation_id: string,
): Promise<CustomerAccountLinkRow[]> {
  const existing = new Set(
    await customers.existing(
      links.filter(({ is_agent }) => !is_agent),
      correlation_id,
    ),
  );
  return links.filter((link) => link.is_agent || existing.has(link));
}

/** @throws ObpFailure OBP-30225 unless the bank has the link and its customer exists */
export async function requireAccountLink(
  { reader, customers }: { readonly reader: Reader; readonly customers: Customers },
  key: { readonly bank_id: string; readonly customer_account_link_id: string },
  correlation_id: string,
): Promise<CustomerAccountLinkRow> {
  const { bank_id, customer_account_link_id } = key;
  const found = await reader.rows<CustomerAccountLinkRow>({
    ...accountLinkById,
    values: [bank_id, customer_account_link_id],
  });
  const [link] = await standing(customers, found, correlation_id);
  return link ?? customerAccountLinkUnknown();
}
