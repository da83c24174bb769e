import { defineEntity, p } from '@mikro-orm/core';
import { SecondsType } from '@platform/persistence';

/** Operations that a user keeps together under a name. */
export const ApiCollectionSchema = defineEntity({
  name: 'ApiCollection',
  tableName: 'api_collection',
  properties: {
    /** Version 7: the order of the ids is that of creation. */
    api_collection_id: p.text().primary(),
    user_id: p.text(),
    /** One of a user's collections has it. */
    api_collection_name: p.text(),
    /** Whether everybody may read it. */
    is_sharable: p.boolean(),
    description: p.text(),
    created_at: p.type(SecondsType),
  },
});
