import { Migration } from '@mikro-orm/migrations';

/** What users hold, and imports of sandboxes. */
export class Migration20261122180300Sandbox extends Migration {
  override up(): void {
    // A user's accounts lie at any bank. Without those of nobody, also so that no look-up by bank and id skips through it.
    this.addSql(`create index account_by_holder on account (user_id, bank_id, account_id) where user_id <> ''`);
    // An import asks whether any bank has an IBAN; which one does not matter, so it is not unique.
    this.addSql(`create index account_routing_iban on account_routing (address) where scheme = 'IBAN'`);
    // What an import brought, as it was brought. The place is the order within its list.
    this.addSql(`
      create table imported_record (
        bank_id text collate "C" not null,
        kind text collate "C" not null,
        record_id text collate "C" not null,
        place integer not null,
        data jsonb not null,
        created_at timestamptz(0) not null,
        constraint imported_record_pkey primary key (bank_id, kind, record_id),
        constraint imported_record_bank_fkey foreign key (bank_id) references bank
      )`);
    this.addSql('create index imported_record_list on imported_record (bank_id, kind, place)');
    // CRM events that the customers service must still be told of.
    this.addSql(`create table outbox (
      bank_id text collate "C" not null,
      subject text collate "C" not null,
      attempts integer not null default 0,
      available_at timestamptz not null,
      primary key (bank_id, subject)
    )`);
  }
}
