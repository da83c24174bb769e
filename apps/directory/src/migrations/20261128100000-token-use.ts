import { Migration } from '@mikro-orm/migrations';
import { onlineIndex } from '@platform/persistence';

/**
 * Tokens get an id that can be shown, and the time of their last use. In steps, because a column with a new value for
 * each row would lock the table until all rows are written again.
 */
export class Migration20261128100000TokenUse extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    for (const table of ['token', 'oauth_access_token']) for (const step of stepsFor(table)) this.addSql(step);
  }
}

/** The defaults are for replicas of the previous version, which issue tokens while this one starts. */
const stepsFor = (table: string): string[] => [
  `alter table ${table} add column if not exists token_id text collate "C",
     add column if not exists last_used_at timestamptz(0) not null default now()`,
  `alter table ${table} alter column token_id set default gen_random_uuid()::text`,
  // In the order of the pages: from the beginning each time, a part would read all parts before it. The last statement
  // is for rows that moved meanwhile.
  `do $$ begin
     for page in 0 .. pg_relation_size('${table}') / current_setting('block_size')::int by 500 loop
       update ${table} set token_id = gen_random_uuid()::text
       where ctid >= format('(%s,0)', page)::tid and ctid < format('(%s,0)', page + 500)::tid and token_id is null;
       commit;
     end loop;
     update ${table} set token_id = gen_random_uuid()::text where token_id is null;
   end $$`,
  `alter table ${table} drop constraint if exists ${table}_id_key`,
  ...onlineIndex(`${table}_id_key`, `on ${table} (token_id)`, true),
  `alter table ${table} add constraint ${table}_id_key unique using index ${table}_id_key`,
  // With a validated constraint, the column is made `not null` without reading the table under a lock.
  `alter table ${table} drop constraint if exists ${table}_has_id, add constraint ${table}_has_id check (token_id is not null) not valid`,
  `alter table ${table} validate constraint ${table}_has_id`,
  `alter table ${table} alter column token_id set not null`,
  `alter table ${table} drop constraint ${table}_has_id`,
];
