import type { EntityManager } from '@mikro-orm/postgresql';
import type { Statement } from '@platform/persistence';

const columns = 'operation_id, allowed_authentication_types';

/** $1 operation. */
export const validationOfOperation: Statement = {
  name: 'authentication-type-validation',
  text: `select ${columns} from authentication_type_validation where operation_id = $1`,
};

/** Ordered by operation. $1 the operation after which the page starts, $2 rows. */
export const validationsAfter = `
  select ${columns}
  from authentication_type_validation
  where operation_id > $1
  order by operation_id
  limit $2`;

/** Values: operation, types. */
export const insertValidation = `insert into authentication_type_validation (${columns}) values (?, ?::text[])`;

export async function numberOfValidations(em: EntityManager): Promise<number> {
  const [sum]: { all: number }[] = await em.execute(
    'select count(*)::integer as all from authentication_type_validation',
  );
  return sum?.all ?? 0;
}

/** Values: types, operation; one row if there is such a validation. */
export const updateValidation = `
  update authentication_type_validation
  set allowed_authentication_types = ?::text[]
  where operation_id = ?
  returning 1`;

/** Of an operation; one row if there was such a validation. */
export const deleteValidation = 'delete from authentication_type_validation where operation_id = ? returning 1';
