import { defineEntity, p } from '@mikro-orm/core';
import { SecondsType } from '@platform/persistence';

/** A DirectLogin token, of which only the hash is stored. */
export const TokenSchema = defineEntity({
  name: 'Token',
  tableName: 'token',
  properties: {
    /** SHA-256. */
    token_hash: p.blob().primary(),
    /** Identifies the token to its owner; cannot be used to log in. */
    token_id: p.text(),
    user_id: p.text(),
    consumer_id: p.text(),
    created_at: p.type(SecondsType),
    last_used_at: p.type(SecondsType),
    expires_at: p.type(SecondsType),
  },
});
