import type { Implementation } from '@platform/grpc';
import { type Journal, journalRpcs, recordsOf } from '@platform/journal';
import type { LinkJournalServiceDefinition } from '@platform/messages';
import type { CustomerAccountLink } from '../customer-account-link/customer-account-link.entity.js';
import { customerAccountLink } from '../customer-account-link/customer-account-link.shape.js';
import type { UserCustomerLink } from '../user-customer-link/user-customer-link.entity.js';
import { userCustomerLink } from '../user-customer-link/user-customer-link.shape.js';

/** The rpcs of the journal. */
export function linkJournal({ history }: Journal): Implementation<LinkJournalServiceDefinition> {
  const { readJournal, readHistory } = journalRpcs(history);
  return {
    readLinkJournal: readJournal,
    readLinkHistory: readHistory,
    async readLinkPast({ bank_id, subject, at }) {
      const { records } = await history.past(bank_id, subject, at);
      return {
        user_customer_links: recordsOf<UserCustomerLink>(records, 'user_customer_link').map(userCustomerLink),
        customer_account_links: recordsOf<CustomerAccountLink>(records, 'customer_account_link').map((link) =>
          customerAccountLink({ ...link, bank_id }),
        ),
      };
    },
  };
}
