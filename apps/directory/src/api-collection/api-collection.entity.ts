import { defineEntity, p } from '@mikro-orm/core';
import { SecondsType } from '@platform/persistence';

/** A named collection of operations that a user keeps. */
export const ApiCollectionSchema = defineEntity({
  name: 'ApiCollection',
  tableName: 'api_collection',
  properties: {
    /** Version 7, so ids are in the order of creation. */
    api_collection_id: p.text().primary(),
    user_id: p.text(),
    /** Unique among a user's collections. */
    api_collection_name: p.text(),
    /** Whether all users may read it. */
    is_sharable: p.boolean(),
    description: p.text(),
    created_at: p.type(SecondsType),
  },
});
