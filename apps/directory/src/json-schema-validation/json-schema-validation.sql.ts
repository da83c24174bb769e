import type { EntityManager } from '@mikro-orm/postgresql';
import type { Statement } from '@platform/persistence';

export interface JsonSchemaRow {
  readonly operation_id: string;
  readonly json_schema: string;
}

/** $1 operation. */
export const schemaOfOperation: Statement = {
  name: 'json-schema-validation',
  text: 'select operation_id, json_schema from json_schema_validation where operation_id = $1',
};

/** Ordered by operation. $1 the operation after which the page starts, $2 rows. */
export const schemasAfter = `
  select operation_id, json_schema
  from json_schema_validation
  where operation_id > $1
  order by operation_id
  limit $2`;

/** Values: operation, schema. */
export const insertSchema = 'insert into json_schema_validation (operation_id, json_schema) values (?, ?)';

/** Values: schema, operation; one row if the operation has a schema. */
export const updateSchema = 'update json_schema_validation set json_schema = ? where operation_id = ? returning 1';

/** Of an operation; one row if it had a schema. */
export const deleteSchema = 'delete from json_schema_validation where operation_id = ? returning 1';

/** How many schemas there are, and the bytes that they take together with their operations; at least one is stored. */
export async function sizeOfSchemas(em: EntityManager): Promise<{ schemas: number; bytes: number }> {
  const [sum]: { schemas: number; bytes: number }[] = await em.execute(
    `
      select count(*)::integer as schemas, sum(octet_length(operation_id) + octet_length(json_schema))::integer as bytes
      from json_schema_validation`,
  );
  return sum as { schemas: number; bytes: number };
}
