import { Migration } from '@mikro-orm/migrations';
import { journalTables } from '@platform/journal';

/** The journal of all changes. */
export class CreateJournal extends Migration {
  override up(): void {
    for (const statement of journalTables) this.addSql(statement);
  }
}
