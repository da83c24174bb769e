import type { MikroORM } from '@mikro-orm/postgresql';
import { createReader, openOrm, type Reader } from '@platform/persistence';
import { BankSchema } from './bank/bank.entity.js';
import { EntitlementSchema } from './entitlement/entitlement.entity.js';
import { TokenSchema } from './identity/token.entity.js';
import { migrations } from './migrations/index.js';
import { UserSchema } from './user/user.entity.js';

export interface Database {
  readonly orm: MikroORM;
  readonly reader: Reader;
  close(): Promise<void>;
}

/** Opens both sides of the service's database; makes the database and its tables when they are missing. */
export async function openDatabase(url: string, pool: number): Promise<Database> {
  const orm = await openOrm({ url, pool, migrations, entities: [BankSchema, EntitlementSchema, TokenSchema, UserSchema] });
  const reader = createReader(url);
  return {
    orm,
    reader,
    async close() {
      await Promise.all([reader.close(), orm.close(true)]);
    },
  };
}
