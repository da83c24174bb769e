import type { Implementation } from '@platform/grpc';
import { type Journal, journalRpcs, recordsOf } from '@platform/journal';
import type { CustomerJournalServiceDefinition } from '@platform/messages';
import { type AddressRow, customerAddressV310 } from '../address/address.shape.js';
import { type SocialMediaRow, socialMediaV200 } from '../social-media/social-media-handle.shape.js';
import { type TaxResidenceRow, taxResidenceV310 } from '../tax-residence/tax-residence.shape.js';
import { type CustomerRow, customerV310 } from './customer.shape.js';

/** The rpcs of the journal. */
export function customerJournal({ history }: Journal): Implementation<CustomerJournalServiceDefinition> {
  const { readJournal, readHistory } = journalRpcs(history);
  return {
    readCustomerJournal: readJournal,
    readCustomerHistory: readHistory,
    async readCustomerPast({ bank_id, subject, at }) {
      const { records } = await history.past(bank_id, subject, at);
      const [customer] = recordsOf<CustomerRow>(records, 'customer');
      if (customer === undefined)
        return { customer: null, addresses: [], tax_residences: [], social_media_handles: [] };
      const { customer_number } = customer;
      const handles = recordsOf<Omit<SocialMediaRow, 'customer_number'>>(records, 'social_media_handle');
      return {
        customer: customerV310({ ...customer, bank_id }),
        addresses: recordsOf<AddressRow>(records, 'customer_address').map(customerAddressV310),
        tax_residences: recordsOf<TaxResidenceRow>(records, 'tax_residence').map(taxResidenceV310),
        social_media_handles: handles.reverse().map((handle) => socialMediaV200({ ...handle, customer_number })),
      };
    },
  };
}
