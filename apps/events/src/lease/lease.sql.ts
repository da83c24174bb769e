import type { EntityManager } from '@mikro-orm/postgresql';

/** Takes the lease if nobody else has it. @returns whether it is taken */
export async function takeLease(em: EntityManager, name: string, holder: string, ttl_ms: number): Promise<boolean> {
  const taken = await em.execute<unknown[]>(
    `
    insert into lease as present (name, holder, until) values (?, ?, now() + ? * interval '1 millisecond')
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
    where present.until < now() or present.holder = excluded.holder
    returning 1`,
    [name, holder, ttl_ms],
  );
  return taken.length > 0;
}

/** Prolongs all leases of the holder. @returns their names */
export async function prolongLeases(em: EntityManager, holder: string, ttl_ms: number): Promise<string[]> {
  const held = await em.execute<{ name: string }[]>(
    `update lease set until = now() + ? * interval '1 millisecond' where holder = ? returning name`,
    [ttl_ms, holder],
  );
  return held.map(({ name }) => name);
}

export async function endLease(em: EntityManager, name: string, holder: string): Promise<void> {
  await em.execute('delete from lease where name = ? and holder = ?', [name, holder]);
}
