import { Migration } from '@mikro-orm/migrations';

/** Tokens get an id that can be shown, and the time of their last use. */
export class Migration20261128100000TokenUse extends Migration {
  override up(): void {
    // Defaults for replicas of the previous version, which issue tokens while this one starts.
    for (const table of ['token', 'oauth_access_token']) {
      this.addSql(`
        alter table ${table}
          add column token_id text collate "C" not null default gen_random_uuid()::text,
          add column last_used_at timestamptz(0) not null default now(),
          add constraint ${table}_id_key unique (token_id)`);
    }
  }
}
