import type { MikroORM } from '@mikro-orm/postgresql';
import { createReader, openOrm, type Reader } from '@platform/persistence';
import { CustomerSchema } from './customer/customer.schema.js';
import { migrations } from './migrations/index.js';

/** The service's database: entities for commands, plain rows for queries. */
export interface Database {
  readonly orm: MikroORM;
  readonly reader: Reader;
  close(): Promise<void>;
}

/** Opens the database, creating and migrating it when that is due. */
export async function openDatabase(url: string, pool: number): Promise<Database> {
  const orm = await openOrm({ url, pool, entities: [CustomerSchema], migrations });
  const reader = createReader(url, Math.min(pool, 2));
  return {
    orm,
    reader,
    async close() {
      await Promise.all([orm.close(true), reader.close()]);
    },
  };
}
