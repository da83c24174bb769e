import { Migration } from '@mikro-orm/migrations';

/** Lists of users begin with the oldest. */
export class Migration20261127190000UsersByAge extends Migration {
  override up(): void {
    this.addSql('create index app_user_by_age on app_user (created_at, user_id)');
    // Few users are deleted.
    this.addSql('create index app_user_deleted_by_age on app_user (created_at, user_id) where is_deleted');
    this.addSql('create index app_user_by_email_and_age on app_user (email, created_at, user_id)');
    // The indexes by id are no longer used.
    this.addSql('drop index app_user_by_email');
    this.addSql('drop index app_user_deleted');
  }
}
