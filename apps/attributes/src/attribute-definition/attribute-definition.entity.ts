import { defineEntity, p } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { TextListType } from '@platform/persistence';

/** What a bank's attributes of one name mean: unique by bank, name and category. */
export const AttributeDefinitionSchema = defineEntity({
  name: 'AttributeDefinition',
  tableName: 'attribute_definition',
  properties: {
    bank_id: p.text().primary(),
    /** Version 7, so ids are in the order of creation. */
    attribute_definition_id: p.text().primary(),
    name: p.text(),
    category: p.text(),
    type: p.text(),
    description: p.text(),
    alias: p.text(),
    can_be_seen_on_views: p.type(TextListType),
    is_active: p.boolean(),
    version: p.integer().version(),
  },
});

/** @throws ObpFailure OBP-30071 */
export function definitionUnknown(): never {
  return fail(Failure.FAILURE_ATTRIBUTE_DEFINITION_NOT_FOUND);
}
