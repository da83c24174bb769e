import type { EntityManager } from '@mikro-orm/postgresql';
import type { Query } from '@platform/persistence';

/** How far a reader or writer is: 'log' is the log's last position. */
export interface Progress {
  readonly name: string;
  readonly position: number;
}

export const allProgress: Query = { name: 'all_progress', text: 'select name, position from progress', values: [] };

export const lastPosition: Query = {
  name: 'last_position',
  text: `select position from progress where name = 'log'`,
  values: [],
};

/**
 * Moves a position, unless another process has moved it.
 * @returns whether it was moved
 */
export async function advance(em: EntityManager, name: string, from: number, to: number): Promise<boolean> {
  const moved = await em.execute<unknown[]>(
    'update progress set position = ? where name = ? and position = ? returning 1',
    [to, name, from],
  );
  return moved.length > 0;
}

/**
 * Reserves the log's next positions until the end of the transaction: they become visible in their order.
 * @returns the last one
 */
export async function reserve(em: EntityManager, count: number): Promise<number> {
  const [row] = await em.execute<{ position: number }[]>(
    `update progress set position = position + ? where name = 'log' returning position::float8 as position`,
    [count],
  );
  return (row as { position: number }).position;
}
