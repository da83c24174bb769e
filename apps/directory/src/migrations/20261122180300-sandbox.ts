import { Migration } from '@mikro-orm/migrations';

/** Holders of accounts, and imports of sandboxes. */
export class Migration20261122180300Sandbox extends Migration {
  override up(): void {
    // A user's accounts can be at any bank. Accounts without a holder are left out, also so that no look-up by bank and
    // id uses this index.
    this.addSql(`create index account_by_holder on account (user_id, bank_id, account_id) where user_id <> ''`);
    // An import checks whether any bank has an IBAN; it does not matter which one, so the index is not unique.
    this.addSql(`create index account_routing_iban on account_routing (address) where scheme = 'IBAN'`);
    // The content of an import, unchanged. The place is the position in its list.
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
    // CRM events that are still to be sent to the customers service.
    this.addSql(`create table outbox (
      bank_id text collate "C" not null,
      subject text collate "C" not null,
      attempts integer not null default 0,
      available_at timestamptz not null,
      primary key (bank_id, subject)
    )`);
  }
}
