/** Definitions at these paths are of customers' attributes. */
export const category = 'Customer';

/** Definitions of one message: with every text at its limit they stay under 4 MB. */
export const messageDefinitions = 30;

/** A page of a bank's ($1) definitions after the id $2, $3 of them. */
export const definitionsAfter = {
  name: 'definitions_after',
  text: `select attribute_definition_id, bank_id, name, category, type, description, alias, can_be_seen_on_views, is_active, version
    from attribute_definition where bank_id = $1 and attribute_definition_id > $2 and category = '${category}'
    order by attribute_definition_id limit $3`,
} as const;
