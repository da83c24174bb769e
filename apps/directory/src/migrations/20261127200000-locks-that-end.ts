import { Migration } from '@mikro-orm/migrations';

/** A lock by wrong passwords ends by itself. */
export class Migration20261127200000LocksThatEnd extends Migration {
  override up(): void {
    this.addSql('alter table bad_login add column locked_until timestamptz');
    this.addSql('create index bad_login_locked on bad_login (locked_until) where locked_until is not null');
  }
}
