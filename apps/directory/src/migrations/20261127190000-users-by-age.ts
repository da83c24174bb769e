import { Migration } from '@mikro-orm/migrations';
import { onlineIndex } from '@platform/persistence';

/** Lists of users begin with the oldest. The indexes are built while users are being written. */
export class Migration20261127190000UsersByAge extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    const indexes = [
      onlineIndex('app_user_by_age', 'on app_user (created_at, user_id)'),
      // Few users are deleted.
      onlineIndex('app_user_deleted_by_age', 'on app_user (created_at, user_id) where is_deleted'),
      onlineIndex('app_user_by_email_and_age', 'on app_user (email, created_at, user_id)'),
    ];
    for (const step of indexes.flat()) this.addSql(step);
    // The indexes by id are no longer used.
    this.addSql('drop index if exists app_user_by_email');
    this.addSql('drop index if exists app_user_deleted');
  }
}
