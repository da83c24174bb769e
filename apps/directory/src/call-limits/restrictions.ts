import type { Restriction, Restrictions } from '@platform/messages';
import type { Reader } from '@platform/persistence';

const text = `
  select operation_id, s.json_schema, coalesce(a.allowed_authentication_types, '{}') as allowed_authentication_types
  from json_schema_validation s full join authentication_type_validation a using (operation_id)
  order by operation_id`;

/** All restrictions of operations in one response: their number and size are limited. */
export async function getRestrictions(reader: Reader): Promise<Restrictions> {
  return { restrictions: await reader.page<Restriction>({ text, values: [] }) };
}
