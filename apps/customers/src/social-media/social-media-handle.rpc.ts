import type { EntityManager } from '@mikro-orm/postgresql';
import { checkTexts, customerUnknown, invalidBody, isId, otherShape } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import type { CustomerKey, SocialMediaServiceDefinition } from '@platform/messages';
import { command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { ServiceParts } from '@platform/service';
import { v7 } from 'uuid';
import { listRecords } from '../customer/customer-records.js';
import { SocialMediaHandleSchema } from './social-media-handle.entity.js';
import { socialMediaHandles, type SocialMediaRow, socialMediaV200 } from './social-media-handle.view.js';

/** Characters each text may have. */
const limits = { customer_number: 255, type: 255, handle: 255 };

/** Social media handles of a customer. */
export function customerSocialMedia({ orm, reader, clock }: Pick<ServiceParts, 'orm' | 'reader' | 'clock'>): Implementation<SocialMediaServiceDefinition> {
  return {
    async addSocialMediaHandle({ bank_id, customer_id, body }) {
      const { customer_number, type, handle, date_added = null, date_activated = null } = body ?? otherShape('SocialMediaJSON');
      checkTexts({ customer_number, type, handle }, limits);
      if (!isId(customer_id)) customerUnknown(customer_id);
      await command(orm, {}, async (em) => {
        const own = await numberOf(em, { bank_id, customer_id });
        if (customer_number !== own) invalidBody("customer_number must be the customer's own.");
        em.create(SocialMediaHandleSchema, { bank_id, social_media_handle_id: v7(), customer_id, type, handle, date_added, date_activated, created_at: wireTime(clock()) });
      });
      return { success: 'Success' };
    },
    async *getSocialMediaHandles(key) {
      for await (const rows of listRecords<SocialMediaRow>(reader, socialMediaHandles, key)) yield { checks: rows.map(socialMediaV200) };
    },
  };
}

/**
 * The customer's number. Neither it nor the customer goes away before the transaction ends.
 * @throws ObpFailure OBP-30046
 */
async function numberOf(em: EntityManager, { bank_id, customer_id }: CustomerKey): Promise<string> {
  const [customer] = await em.execute<{ customer_number: string }[]>('select customer_number from customer where bank_id = ? and customer_id = ? for key share', [bank_id, customer_id]);
  return customer?.customer_number ?? customerUnknown(customer_id);
}
