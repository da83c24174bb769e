import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import type { WebhookRow } from './webhook.shape.js';
import { webhooksOfBank } from './webhook.sql.js';

/** @throws ObpFailure OBP-30050 unless the bank has the webhook */
export async function findWebhook(reader: Reader, bank_id: string, webhook_id: string): Promise<WebhookRow> {
  const [found] = await reader.page<WebhookRow>(webhooksOfBank(bank_id, webhook_id));
  return found ?? webhookUnknown();
}

export function webhookUnknown(): never {
  return fail(Failure.FAILURE_WEBHOOK_NOT_FOUND);
}
