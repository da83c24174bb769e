import type { Implementation } from '@platform/grpc';
import { type Journal, journalRpcs, recordsOf } from '@platform/journal';
import type { AttributeJournalServiceDefinition } from '@platform/messages';
import type { StoredAttribute } from './customer-attribute.entity.js';

/** The rpcs of the journal. */
export function attributeJournal({ history }: Journal): Implementation<AttributeJournalServiceDefinition> {
  const { readJournal, readHistory } = journalRpcs(history);
  return {
    readAttributeJournal: readJournal,
    readAttributeHistory: readHistory,
    async readAttributePast({ bank_id, subject, at }) {
      const { records } = await history.past(bank_id, subject, at);
      return {
        customer_attributes: recordsOf<StoredAttribute>(records, 'customer_attribute').map(
          ({ customer_attribute_id, name, type, value, version }) => ({
            customer_attribute_id,
            name,
            type,
            value,
            version,
          }),
        ),
      };
    },
  };
}
