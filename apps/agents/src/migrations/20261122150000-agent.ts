import { Migration } from '@mikro-orm/migrations';

/** The table of agents, with an index for each of its queries, and the outbox of agents to be completed. */
export class CreateAgentTable extends Migration {
  override up(): void {
    this.addSql(`create table outbox (
      bank_id text collate "C" not null,
      subject text collate "C" not null,
      attempts integer not null default 0,
      available_at timestamptz not null,
      primary key (bank_id, subject)
    )`);
    this.addSql(`create table agent (
      bank_id text collate "C" not null,
      agent_id text collate "C" not null,
      agent_number text collate "C" not null,
      legal_name text not null,
      mobile_phone_number text not null,
      currency text not null,
      account_id text collate "C" not null,
      link_id text collate "C" not null,
      is_confirmed boolean not null,
      is_pending boolean not null,
      is_complete boolean not null,
      created_at timestamptz(0) not null,
      primary key (bank_id, agent_id)
    )`);
    this.addSql('create unique index agent_number_unique on agent (bank_id, agent_number)');
    this.addSql('create index agent_list on agent (bank_id, agent_id) where is_confirmed and is_complete');
    // Callers with the system role look up agents of any bank.
    this.addSql('create index agent_any_bank on agent (agent_id)');
  }
}
