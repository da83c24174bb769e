import type { EntityManager } from '@mikro-orm/postgresql';
import type { AttributeDefinition } from '@platform/messages';
import { hasRow } from '@platform/persistence';

/** Definitions at these paths are of customers' attributes. */
export const category = 'Customer';

/** Definitions of one message: with every text at its limit they stay under 4 MB. */
export const messageDefinitions = 30;

/** A page of a bank's ($1) definitions after the id $2, $3 of them. */
export const definitionsAfter = {
  name: 'definitions_after',
  text: `select attribute_definition_id, bank_id, name, category, type, description, alias, can_be_seen_on_views, is_active
    from attribute_definition where bank_id = $1 and attribute_definition_id > $2 and category = '${category}'
    order by attribute_definition_id limit $3`,
} as const;

/** Inserts the definition, or replaces one with the same bank, name and category, except its id. Returns the id. */
export async function putDefinition(em: EntityManager, definition: AttributeDefinition): Promise<string> {
  const { bank_id, attribute_definition_id, name, type, description, alias, can_be_seen_on_views, is_active } =
    definition;
  const rows: { attribute_definition_id: string }[] = await em.execute(
    `insert into attribute_definition (bank_id, attribute_definition_id, name, category, type, description, alias, can_be_seen_on_views, is_active)
     select ?, ?, ?, ?, ?, ?, ?, array(select view from json_array_elements_text(?::json) with ordinality as given (view, place) order by place), ?::boolean
     on conflict (bank_id, name, category) do update set type = excluded.type, description = excluded.description, alias = excluded.alias,
       can_be_seen_on_views = excluded.can_be_seen_on_views, is_active = excluded.is_active
     returning attribute_definition_id`,
    [
      bank_id,
      attribute_definition_id,
      name,
      definition.category,
      type,
      description,
      alias,
      JSON.stringify(can_be_seen_on_views),
      is_active,
    ],
  );
  return (rows[0] as { attribute_definition_id: string }).attribute_definition_id;
}

/** @returns whether there was a definition to delete */
export async function deleteDefinition(
  em: EntityManager,
  bank_id: string,
  attribute_definition_id: string,
): Promise<boolean> {
  return hasRow(
    em,
    `
      delete from attribute_definition
      where bank_id = ? and attribute_definition_id = ? and category = ?
      returning 1`,
    [bank_id, attribute_definition_id, category],
  );
}
