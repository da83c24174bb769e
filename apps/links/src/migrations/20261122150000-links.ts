import { Migration } from '@mikro-orm/migrations';

/** The two tables of links, with an index for each of their queries. */
export class CreateLinks extends Migration {
  override up(): void {
    this.addSql(`create table customer_presence (
      bank_id text collate "C" not null,
      customer_id text collate "C" not null,
      is_deleted boolean not null,
      primary key (bank_id, customer_id)
    )`);
    this.addSql(`create table user_customer_link (
      bank_id text collate "C" not null,
      user_customer_link_id text collate "C" not null,
      customer_id text collate "C" not null,
      user_id text collate "C" not null,
      date_inserted timestamptz(0) not null,
      is_active boolean not null,
      primary key (bank_id, user_customer_link_id)
    )`);
    this.addSql('create unique index user_customer_link_unique on user_customer_link (bank_id, user_id, customer_id)');
    this.addSql(
      'create index user_customer_link_by_customer on user_customer_link (bank_id, customer_id, user_customer_link_id)',
    );
    this.addSql(
      'create index user_customer_link_by_user on user_customer_link (bank_id, user_id, user_customer_link_id)',
    );
    // Users read their own links at all banks, so this index does not begin with the bank.
    this.addSql(
      'create index user_customer_link_by_user_any_bank on user_customer_link (user_id, user_customer_link_id, bank_id)',
    );
    // Agents have no table here: in their links, customer_id is the agent's id.
    this.addSql(`create table customer_account_link (
      bank_id text collate "C" not null,
      customer_account_link_id text collate "C" not null,
      customer_id text collate "C" not null,
      account_id text collate "C" not null,
      relationship_type text not null,
      is_agent boolean not null,
      primary key (bank_id, customer_account_link_id)
    )`);
    this.addSql(
      'create unique index customer_account_link_unique on customer_account_link (bank_id, account_id, customer_id)',
    );
    this.addSql(
      'create index customer_account_link_by_account on customer_account_link (bank_id, account_id, customer_account_link_id)',
    );
    this.addSql(
      'create index customer_account_link_by_customer on customer_account_link (bank_id, customer_id, customer_account_link_id)',
    );
  }
}
