import { Migration } from '@mikro-orm/migrations';

/** Users, applications, tokens, entitlements and banks. */
export class Migration20261122090000CreateDirectory extends Migration {
  override up(): void {
    // Local users have a password hash; users of an external provider do not.
    this.addSql(`
      create table app_user (
        user_id text primary key,
        provider text not null,
        provider_id text not null,
        username text not null,
        email text not null,
        first_name text not null,
        last_name text not null,
        password_hash text,
        is_validated boolean not null,
        is_deleted boolean not null default false,
        is_super_admin boolean not null default false,
        created_at timestamptz(0) not null,
        constraint app_user_provider_id_key unique (provider, provider_id)
      )`);
    this.addSql(
      'create unique index app_user_local_username_key on app_user (username) where password_hash is not null',
    );
    // Attempts for unknown names are counted too, so that responses reveal nothing; they are deleted after a day.
    this.addSql(`
      create table bad_login (
        provider text not null,
        username text not null,
        attempts integer not null,
        is_user boolean not null,
        last_failure_at timestamptz(0) not null,
        constraint bad_login_pkey primary key (provider, username)
      )`);
    this.addSql('create index bad_login_strangers on bad_login (last_failure_at) where not is_user');
    this.addSql(`
      create table consumer (
        consumer_id text primary key,
        consumer_key text not null,
        app_name text not null,
        is_enabled boolean not null,
        is_configured boolean not null default false,
        created_at timestamptz(0) not null,
        constraint consumer_key_key unique (consumer_key)
      )`);
    this.addSql('create unique index consumer_configured_key on consumer (is_configured) where is_configured');
    this.addSql(`
      create table token (
        token_hash bytea primary key,
        user_id text not null references app_user,
        consumer_id text not null references consumer,
        created_at timestamptz(0) not null,
        expires_at timestamptz(0) not null
      )`);
    this.addSql('create index token_by_user on token (user_id, expires_at)');
    this.addSql(`
      create table entitlement (
        entitlement_id text primary key,
        user_id text not null references app_user,
        role_name text not null,
        bank_id text not null,
        created_by_process text not null,
        created_at timestamptz(0) not null,
        constraint entitlement_user_role_bank_key unique (user_id, role_name, bank_id)
      )`);
    this.addSql(`
      create table bank (
        bank_id text primary key,
        bank_code text not null,
        full_name text not null,
        logo text not null,
        website text not null,
        routings jsonb not null,
        attributes jsonb not null,
        created_at timestamptz(0) not null
      )`);
  }
}
