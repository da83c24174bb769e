import type { MikroORM } from '@mikro-orm/postgresql';
import { autocommit, type Reader } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import type { SecretBox } from './sealed-secret.js';
import { replaceSecrets, sealedSecrets, type SealedSecrets } from './webhook.sql.js';

/** Seals secrets anew that were sealed under the platform's former secret: it will soon be forgotten. */
export async function resealSecrets(orm: MikroORM, reader: Reader, box: SecretBox, log: Logger): Promise<void> {
  const renew = (sealed: string): string => (box.isCurrent(sealed) ? sealed : box.seal(box.open(sealed)));
  for (const row of await reader.page<SealedSecrets>(sealedSecrets)) {
    const { bank_id, webhook_id, secret, former_secret } = row;
    try {
      const renewed = { secret: renew(secret), former_secret: former_secret === null ? null : renew(former_secret) };
      if (renewed.secret === secret && renewed.former_secret === former_secret) continue;
      await autocommit(orm, {}, (em) => replaceSecrets(em, row, renewed));
    } catch (error) {
      log.warn({ err: error, bank_id, webhook_id }, 'the secret of a webhook cannot be opened');
    }
  }
}
