import { defineEntity, p } from '@mikro-orm/core';
import { SecondsType } from '@platform/persistence';

/** A DirectLogin token, known by its hash alone. */
export const TokenSchema = defineEntity({
  name: 'Token',
  tableName: 'token',
  properties: {
    /** SHA-256. */
    token_hash: p.blob().primary(),
    /** Names it to its owner; opens nothing. */
    token_id: p.text(),
    user_id: p.text(),
    consumer_id: p.text(),
    created_at: p.type(SecondsType),
    last_used_at: p.type(SecondsType),
    expires_at: p.type(SecondsType),
  },
});
