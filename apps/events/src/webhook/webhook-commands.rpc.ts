import { LockMode } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import { type EventWebhookServiceDefinition, Failure } from '@platform/messages';
import { command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { ServiceParts } from '@platform/service';
import { v7 as uuid } from 'uuid';
import type { LogEnd } from '../event/log.js';
import type { SecretBox } from './sealed-secret.js';
import { createSecret } from './signature.js';
import { checkKinds, checkUrl } from './webhook-rules.js';
import { findWebhook, webhookUnknown } from './find-webhook.js';
import { eventWebhook } from './webhook.shape.js';
import { Webhook, WebhookSchema } from './webhook.entity.js';
import { countWebhooks, deleteWebhook, reviveDeadLetters } from './webhook.sql.js';

const mostWebhooks = 50;
/** How long the secret before still signs. */
const rotation_ms = 24 * 3_600_000;

export interface WebhookCommandsOptions extends Pick<ServiceParts, 'orm' | 'reader' | 'clock'> {
  readonly end: LogEnd;
  readonly box: SecretBox;
  readonly toPrivateAddresses: boolean;
}

/** The rpcs that change webhooks. */
export function webhookCommands(options: WebhookCommandsOptions): Implementation<EventWebhookServiceDefinition> {
  const { orm, reader, clock, end, box, toPrivateAddresses } = options;
  const shown = ({ webhook_id, bank_id, url, kinds, is_enabled }: Webhook, secret: string) => ({
    webhook_id,
    bank_id,
    url,
    kinds,
    is_enabled,
    secret,
  });
  return {
    async createEventWebhook({ bank_id, body }) {
      checkUrl(body.url, toPrivateAddresses);
      checkKinds(body.kinds);
      const secret = createSecret();
      const position = await end.position();
      return command(orm, {}, async (em) => {
        if ((await countWebhooks(em, bank_id)) >= mostWebhooks)
          fail(Failure.FAILURE_TOO_MANY_WEBHOOKS, `: a bank has ${mostWebhooks} at most.`);
        const birth = { bank_id, webhook_id: uuid(), secret: box.seal(secret), position, now: wireTime(clock()) };
        const webhook = new Webhook(birth, body);
        em.persist(webhook);
        return shown(webhook, secret);
      });
    },
    async updateEventWebhook({ bank_id, webhook_id, body }) {
      checkUrl(body.url, toPrivateAddresses);
      checkKinds(body.kinds);
      await command(orm, {}, async (em) => {
        const webhook = await em.findOne(
          WebhookSchema,
          { bank_id, webhook_id },
          { lockMode: LockMode.PESSIMISTIC_WRITE },
        );
        (webhook ?? webhookUnknown()).change(body);
      });
      return eventWebhook(await findWebhook(reader, bank_id, webhook_id));
    },
    async rotateEventWebhookSecret({ bank_id, webhook_id }) {
      const secret = createSecret();
      return command(orm, {}, async (em) => {
        const webhook = await em.findOne(
          WebhookSchema,
          { bank_id, webhook_id },
          { lockMode: LockMode.PESSIMISTIC_WRITE },
        );
        if (webhook === null) return webhookUnknown();
        webhook.rotate(box.seal(secret), wireTime(clock() + rotation_ms));
        return shown(webhook, secret);
      });
    },
    async deleteEventWebhook({ bank_id, webhook_id }) {
      if (!(await command(orm, {}, (em) => deleteWebhook(em, bank_id, webhook_id)))) webhookUnknown();
      return {};
    },
    async resendDeadLetters({ bank_id, webhook_id }) {
      await findWebhook(reader, bank_id, webhook_id);
      return { resent: await command(orm, {}, (em) => reviveDeadLetters(em, bank_id, webhook_id)) };
    },
  };
}
