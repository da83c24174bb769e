import { Migration } from '@mikro-orm/migrations';

/** How often a row was written. An older build changes rows without raising it. */
export class AddVersionOfDefinitions extends Migration {
  override up(): void {
    this.addSql('alter table attribute_definition add column version integer not null default 1');
  }
}
