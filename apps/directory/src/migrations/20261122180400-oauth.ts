import { Migration } from '@mikro-orm/migrations';

/** OAuth 1.0a: request tokens, access tokens, and the nonces of recent requests. */
export class Migration20261122180400Oauth extends Migration {
  override up(): void {
    // Secrets are not hashed, because they verify signatures. User and verifier are set when the user has agreed.
    this.addSql(`
      create table oauth_request_token (
        token text collate "C" primary key,
        token_secret text not null,
        consumer_id text not null references consumer,
        callback text not null,
        user_id text references app_user,
        verifier text,
        created_at timestamptz(0) not null,
        expires_at timestamptz(0) not null
      )`);
    this.addSql('create index oauth_request_token_by_end on oauth_request_token (expires_at)');
    this.addSql(`
      create table oauth_access_token (
        token text collate "C" primary key,
        token_secret text not null,
        user_id text not null references app_user,
        consumer_id text not null references consumer,
        created_at timestamptz(0) not null,
        expires_at timestamptz(0) not null
      )`);
    this.addSql('create index oauth_access_token_by_user on oauth_access_token (user_id, expires_at)');
    // Seconds since 1970, as sent by the client.
    this.addSql(`
      create table oauth_nonce (
        consumer_id text collate "C" not null,
        token text collate "C" not null,
        signed_at bigint not null,
        nonce text collate "C" not null,
        constraint oauth_nonce_pkey primary key (consumer_id, token, signed_at, nonce)
      )`);
    this.addSql('create index oauth_nonce_by_time on oauth_nonce (signed_at)');
  }
}
