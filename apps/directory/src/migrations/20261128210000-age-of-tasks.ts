import { Migration } from '@mikro-orm/migrations';

/** When a task was written: its age shows that it cannot be done. Older builds write none, and get the time of the insert. */
export class AddAgeOfTasks extends Migration {
  override up(): void {
    this.addSql('alter table outbox add column created_at timestamptz not null default now()');
  }
}
