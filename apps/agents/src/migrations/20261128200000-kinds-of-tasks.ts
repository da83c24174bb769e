import { Migration } from '@mikro-orm/migrations';

/** The outbox may hold tasks of several kinds. What an older build writes, which knows none, is of the one there was. */
export class AddKindsOfTasks extends Migration {
  override up(): void {
    this.addSql(`alter table outbox add column kind text collate "C" not null default 'agent-creation'`);
    this.addSql('alter table outbox drop constraint outbox_pkey, add primary key (bank_id, subject, kind)');
  }
}
