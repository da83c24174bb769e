import { Migration } from '@mikro-orm/migrations';

/** The log of events, how far each reader and writer of it is, and who is at work. */
export class CreateEventLog extends Migration {
  override up(): void {
    // 'log' is the log's last position; the others are positions in it, or in the journal of a service.
    this.addSql('create table progress (name text collate "C" primary key, position bigint not null)');
    this.addSql(`insert into progress (name, position) values
      ('log', 0), ('customers', 0), ('attributes', 0), ('links', 0), ('agents', 0), ('nats', 0)`);
    this.addSql(`create table lease (
      name text collate "C" primary key,
      holder text collate "C" not null,
      until timestamptz not null
    )`);
    this.addSql(`create table event (
      bank_id text collate "C" not null,
      position bigint not null,
      entry_id text collate "C" not null,
      kind text collate "C" not null,
      record_id text collate "C" not null,
      version integer not null,
      subject text collate "C" not null,
      action text collate "C" not null,
      operation text not null,
      user_id text not null,
      consumer_id text not null,
      correlation_id text not null,
      occurred_at text not null,
      fields jsonb not null,
      "values" text,
      recorded_at timestamptz not null default now(),
      primary key (bank_id, position)
    )`);
    // For readers of all banks: the one that publishes, and the one that forgets.
    this.addSql('create index event_position on event (position)');
    this.addSql('create index event_with_values on event (bank_id, subject) where "values" is not null');
  }
}
