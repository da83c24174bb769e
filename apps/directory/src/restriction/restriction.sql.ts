export const allRestrictions = `
  select operation_id, s.json_schema, coalesce(a.allowed_authentication_types, '{}') as allowed_authentication_types
  from json_schema_validation s full join authentication_type_validation a using (operation_id)
  order by operation_id`;

/** Waits until no other transaction has the lock. Values: its name. */
export const takeLock = 'select pg_advisory_xact_lock(hashtextextended(?, 0))';
