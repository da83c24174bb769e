import { Migration } from '@mikro-orm/migrations';

/** Receivers of events by HTTP, and the events that one of them has not accepted. */
export class CreateWebhooks extends Migration {
  override up(): void {
    this.addSql(`create table webhook (
      bank_id text collate "C" not null,
      webhook_id text collate "C" not null,
      url text not null,
      kinds text[] not null,
      is_enabled boolean not null,
      secret text not null,
      former_secret text,
      former_until timestamptz(0),
      position bigint not null,
      last_error text,
      created_at timestamptz(0) not null,
      primary key (bank_id, webhook_id)
    )`);
    this.addSql(`create table delivery (
      bank_id text collate "C" not null,
      webhook_id text collate "C" not null,
      position bigint not null,
      subject text collate "C" not null,
      attempts integer not null,
      is_dead boolean not null default false,
      tried_since timestamptz,
      available_at timestamptz not null,
      last_error text,
      primary key (bank_id, webhook_id, position)
    )`);
    this.addSql('create index delivery_subject on delivery (bank_id, webhook_id, subject, position) where not is_dead');
    this.addSql('create index delivery_event on delivery (bank_id, position)');
  }
}
