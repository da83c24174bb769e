import { Migration } from '@mikro-orm/migrations';

/** Requests for roles; lists of users and of entitlements. */
export class Migration20261122180100EntitlementRequests extends Migration {
  override up(): void {
    // Ids are in the order of creation.
    this.addSql(`
      create table entitlement_request (
        entitlement_request_id text collate "C" primary key,
        user_id text not null references app_user,
        role_name text not null,
        bank_id text not null,
        created_at timestamptz(0) not null,
        constraint entitlement_request_user_role_bank_key unique (user_id, role_name, bank_id)
      )`);
    this.addSql('create index entitlement_request_by_user on entitlement_request (user_id, entitlement_request_id)');
    this.addSql('create index entitlement_by_bank on entitlement (bank_id, created_at, entitlement_id)');
    this.addSql('create index entitlement_by_role on entitlement (role_name, created_at, entitlement_id)');
    this.addSql('create index entitlement_list on entitlement (created_at, entitlement_id)');
    this.addSql('create index app_user_deleted on app_user (user_id) where is_deleted');
    this.addSql('create index app_user_by_name on app_user (provider, username)');
    this.addSql('create index app_user_by_email on app_user (email, user_id)');
  }
}
