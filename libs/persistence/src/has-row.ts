import type { EntityManager } from '@mikro-orm/postgresql';

/** Whether the statement returns a row. */
export async function hasRow(em: EntityManager, sql: string, values: readonly unknown[]): Promise<boolean> {
  const rows: unknown[] = await em.execute(sql, [...values]);
  return rows.length > 0;
}
