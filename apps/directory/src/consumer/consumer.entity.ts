import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { failAbout } from '@platform/failure';
import { Failure } from '@platform/messages';
import { SecondsType } from '@platform/persistence';

/** An application through which users log in. */
export const ConsumerSchema = defineEntity({
  name: 'Consumer',
  tableName: 'consumer',
  properties: {
    consumer_id: p.text().primary(),
    consumer_key: p.text(),
    /** Not hashed, because it verifies signatures. Empty: the application cannot sign. */
    consumer_secret: p.text().hidden(),
    app_name: p.text(),
    /** Confidential or Public. */
    app_type: p.text(),
    description: p.text(),
    developer_email: p.text(),
    company: p.text(),
    redirect_url: p.text(),
    logo_url: p.text(),
    certificate_pem: p.text(),
    /** Null for the first application. */
    created_by_user_id: p.text().nullable(),
    is_enabled: p.boolean(),
    created_at: p.type(SecondsType),
  },
});

export type ConsumerRecord = InferEntity<typeof ConsumerSchema>;

/** @throws ObpFailure OBP-30019 */
export function consumerUnknown(consumer_id: string): never {
  return failAbout(Failure.FAILURE_CONSUMER_NOT_FOUND, { consumer_id });
}
