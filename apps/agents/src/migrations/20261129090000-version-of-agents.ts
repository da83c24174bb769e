import { Migration } from '@mikro-orm/migrations';

/** How often a row was written. An older build changes rows without raising it. */
export class AddVersionOfAgents extends Migration {
  override up(): void {
    this.addSql('alter table agent add column version integer not null default 1');
  }
}
