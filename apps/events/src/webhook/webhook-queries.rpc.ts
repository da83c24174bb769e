import type { Implementation } from '@platform/grpc';
import type { EventWebhookServiceDefinition } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import { findWebhook } from './find-webhook.js';
import { deadLetter, type DeadLetterRow, eventWebhook, type WebhookRow } from './webhook.shape.js';
import { deadLettersOf, webhooksOfBank } from './webhook.sql.js';

const mostDeadLetters = 100;

/** The rpcs that read webhooks. */
export function webhookQueries(reader: Reader): Implementation<EventWebhookServiceDefinition> {
  return {
    async getEventWebhooks({ bank_id }) {
      return { webhooks: (await reader.page<WebhookRow>(webhooksOfBank(bank_id))).map(eventWebhook) };
    },
    async getDeadLetters({ bank_id, webhook_id }) {
      await findWebhook(reader, bank_id, webhook_id);
      const rows = await reader.page<DeadLetterRow>(deadLettersOf(bank_id, webhook_id, mostDeadLetters));
      return { dead_letters: rows.map(deadLetter) };
    },
  };
}
