import { customerUnknown, invalidBody } from '@platform/failure';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { CustomerKey, SocialMediaServiceDefinition } from '@platform/messages';
import { lookUpAt, type Reader } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { JournaledParts } from '@platform/service';
import { v7 } from 'uuid';
import { listRecords } from '../customer/customer-records.js';
import { customerOfRecord } from '../customer/customer-records.sql.js';
import { customerKeys } from '../customer/customer.sql.js';
import { type SocialMediaHandle, SocialMediaHandleSchema } from './social-media-handle.entity.js';
import { socialMediaHandles, type SocialMediaRow, socialMediaV200 } from './social-media-handle.shape.js';

/** A new handle must come with its customer's number; otherwise it is refused. */
interface NumberedHandle extends SocialMediaHandle {
  readonly customer_number: string;
}

/** Social media handles of a customer. */
export function customerSocialMedia({
  journal,
  reader,
  clock,
}: Pick<JournaledParts, 'journal' | 'reader' | 'clock'>): Implementation<SocialMediaServiceDefinition> {
  const insertion = journal.insertion<SocialMediaHandle, NumberedHandle>(SocialMediaHandleSchema, {
    parent: customerOfRecord(['bank_id', 'customer_id', 'customer_number']),
  });
  return {
    async addSocialMediaHandle({ bank_id, customer_id, body }, call) {
      const { customer_number, type, handle, date_added = null, date_activated = null } = body;
      const handled = {
        bank_id,
        social_media_handle_id: v7(),
        customer_id,
        customer_number,
        type,
        handle,
        date_added,
        date_activated,
        created_at: wireTime(clock()),
      };
      if ((await journal.insert(insertion, handled, call)) === 'orphan') {
        await requireCustomer(reader, { bank_id, customer_id });
        invalidBody("customer_number must be the customer's own.");
      }
      return { success: 'Success' };
    },
    getSocialMediaHandles: (key) =>
      messagesOf(listRecords<SocialMediaRow>(reader, socialMediaHandles, key), (rows) => ({
        checks: rows.map(socialMediaV200),
      })),
  };
}

/** Throws if the customer does not exist; otherwise only the number was wrong. @throws ObpFailure OBP-30046 */
async function requireCustomer(reader: Reader, { bank_id, customer_id }: CustomerKey): Promise<void> {
  const found = await reader.rows({ ...lookUpAt(reader, customerKeys), values: [[bank_id], [customer_id]] });
  if (found.length === 0) customerUnknown(customer_id);
}
