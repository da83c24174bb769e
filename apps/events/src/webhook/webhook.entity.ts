import { defineEntity, p, type PrimaryKeyProp } from '@mikro-orm/postgresql';
import type { PutEventWebhookJson } from '@platform/messages';
import { SecondsType } from '@platform/persistence';

/** What a new webhook has besides the posted body. */
export interface Birth {
  readonly bank_id: string;
  readonly webhook_id: string;
  /** Sealed. */
  readonly secret: string;
  /** Events after it are sent. */
  readonly position: number;
  /** In the form "2013-01-21T23:08:00Z". */
  readonly now: string;
}

/** A receiver of a bank's events by HTTP. */
export class Webhook {
  declare [PrimaryKeyProp]?: ['bank_id', 'webhook_id'];
  bank_id: string;
  webhook_id: string;
  url: string;
  /** Empty: all. */
  kinds: string[];
  is_enabled = true;
  /** Sealed. */
  secret: string;
  /** Also signs until then. */
  former_secret: string | null = null;
  former_until: string | null = null;
  position: number;
  last_error: string | null = null;
  created_at: string;

  constructor(birth: Birth, { url, kinds }: Pick<PutEventWebhookJson, 'url' | 'kinds'>) {
    this.bank_id = birth.bank_id;
    this.webhook_id = birth.webhook_id;
    this.secret = birth.secret;
    this.position = birth.position;
    this.created_at = birth.now;
    this.url = url;
    this.kinds = kinds;
  }

  change({ url, kinds, is_enabled }: PutEventWebhookJson): void {
    this.url = url;
    this.kinds = kinds;
    this.is_enabled = is_enabled;
  }

  rotate(secret: string, until: string): void {
    this.former_secret = this.secret;
    this.former_until = until;
    this.secret = secret;
  }
}

export const WebhookSchema = defineEntity({
  class: Webhook,
  tableName: 'webhook',
  properties: {
    bank_id: p.text().primary(),
    webhook_id: p.text().primary(),
    url: p.text(),
    kinds: p.array(),
    is_enabled: p.boolean(),
    secret: p.text(),
    former_secret: p.text().nullable(),
    former_until: p.type(SecondsType).nullable(),
    // Only the deliverer moves it after the creation.
    position: p.bigint('number'),
    last_error: p.text().nullable(),
    created_at: p.type(SecondsType),
  },
});
