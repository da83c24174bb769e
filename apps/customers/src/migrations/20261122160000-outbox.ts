import { Migration } from '@mikro-orm/migrations';

/** Deletions that other services must still be told about. */
export class CreateOutbox extends Migration {
  override up(): void {
    this.addSql(`create table outbox (
      bank_id text collate "C" not null,
      subject text collate "C" not null,
      attempts integer not null default 0,
      available_at timestamptz not null,
      primary key (bank_id, subject)
    )`);
  }
}
