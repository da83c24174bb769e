import { Migration } from '@mikro-orm/migrations';

/** Details, roles and limits of applications; locks of users by the API. */
export class Migration20261122180000ApplicationsAndLocks extends Migration {
  override up(): void {
    // The secret is kept as it is: OAuth 1.0a signs with it. Empty: the application cannot sign. `call_limits` has six
    // numbers, per second to per month, -1 for none. `oidc_client` is the application's name at an identity provider.
    this.addSql(`
      alter table consumer
        add column consumer_secret text not null default '',
        add column app_type text not null default 'Confidential',
        add column description text not null default '',
        add column developer_email text not null default '',
        add column company text not null default '',
        add column redirect_url text not null default '',
        add column logo_url text not null default '',
        add column certificate_pem text not null default '',
        add column created_by_user_id text references app_user,
        add column call_limits bigint[],
        add column oidc_issuer text,
        add column oidc_client text`);
    this.addSql('create unique index consumer_oidc_key on consumer (oidc_issuer, oidc_client)');
    this.addSql('create index consumer_by_creator on consumer (created_by_user_id, created_at, consumer_id)');
    this.addSql('create index consumer_list on consumer (created_at, consumer_id)');
    this.addSql(`
      create table scope (
        scope_id text primary key,
        consumer_id text not null references consumer,
        role_name text not null,
        bank_id text not null,
        created_at timestamptz(0) not null,
        constraint scope_consumer_role_bank_key unique (consumer_id, role_name, bank_id)
      )`);
    this.addSql(`
      create table user_lock (
        user_id text primary key references app_user,
        type_of_lock text not null,
        last_lock_date timestamptz(0) not null
      )`);
  }
}
