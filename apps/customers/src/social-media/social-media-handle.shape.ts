import type { SocialMediaV200 } from '@platform/messages';
import type { RecordTable } from '../customer/customer-records.sql.js';
import type { SocialMediaHandle } from './social-media-handle.entity.js';

/** A handle with its customer's current number. */
export type SocialMediaRow = Readonly<Pick<SocialMediaHandle, 'type' | 'handle' | 'date_added' | 'date_activated'>> & {
  readonly customer_number: string;
};

/** Newest first: handles never change, so the last update is the creation. */
export const socialMediaHandles: RecordTable = {
  table: 'social_media_handle',
  id: 'social_media_handle_id',
  columns: ['customer.customer_number', 'record.type', 'record.handle', 'record.date_added', 'record.date_activated'],
  direction: 'desc',
};

export function socialMediaV200({
  customer_number,
  type,
  handle,
  date_added,
  date_activated,
}: SocialMediaRow): SocialMediaV200 {
  return { customer_number, type, handle, date_added, date_activated };
}
