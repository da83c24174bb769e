import { Migration } from '@mikro-orm/migrations';

/** The outbox can hold several kinds of tasks. Rows from an older build, which knows only one kind, get that kind. */
export class Migration20261128200000KindsOfTasks extends Migration {
  override up(): void {
    this.addSql(`alter table outbox add column kind text collate "C" not null default 'crm-events'`);
    this.addSql('alter table outbox drop constraint outbox_pkey, add primary key (bank_id, subject, kind)');
  }
}
