import { Migration } from '@mikro-orm/migrations';
import { outboxTable } from '@platform/outbox';

/** The deletions that other services must still be told of. */
export class CreateOutbox extends Migration {
  override up(): void {
    this.addSql(outboxTable);
  }
}
