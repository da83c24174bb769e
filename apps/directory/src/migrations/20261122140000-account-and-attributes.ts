import { Migration } from '@mikro-orm/migrations';

/** Accounts of banks with their routings, and the attributes of accounts and of users. */
export class Migration20261122140000AccountAndAttributes extends Migration {
  override up(): void {
    // An account that the platform created itself has no user. Balances are in units of the currency.
    this.addSql(`
      create table account (
        bank_id text collate "C" not null,
        account_id text collate "C" not null,
        account_number text collate "C" not null,
        user_id text collate "C" not null,
        holder text not null,
        label text not null,
        product_code text not null,
        branch_id text not null,
        currency text not null,
        balance numeric not null default 0,
        created_at timestamptz(0) not null,
        constraint account_pkey primary key (bank_id, account_id),
        constraint account_number_key unique (bank_id, account_number),
        constraint account_bank_fkey foreign key (bank_id) references bank
      )`);
    // The place keeps the order of the request.
    this.addSql(`
      create table account_routing (
        bank_id text collate "C" not null,
        scheme text collate "C" not null,
        address text collate "C" not null,
        account_id text collate "C" not null,
        place integer not null,
        constraint account_routing_pkey primary key (bank_id, scheme, address),
        constraint account_routing_account_fkey foreign key (bank_id, account_id) references account
      )`);
    this.addSql('create index account_routing_by_account on account_routing (bank_id, account_id, place)');
    this.addSql(`
      create table account_attribute (
        bank_id text collate "C" not null,
        account_id text collate "C" not null,
        account_attribute_id text collate "C" not null,
        product_code text not null,
        product_instance_code text not null,
        name text collate "C" not null,
        type text not null,
        value text collate "C" not null,
        created_at timestamptz(0) not null,
        constraint account_attribute_pkey primary key (bank_id, account_id, account_attribute_id),
        constraint account_attribute_account_fkey foreign key (bank_id, account_id) references account
      )`);
    // A whole value would not fit into an index entry.
    this.addSql(
      'create index account_attribute_by_value on account_attribute (bank_id, name, left(value, 100), account_id)',
    );
    this.addSql(`
      create table user_attribute (
        user_id text collate "C" not null references app_user,
        user_attribute_id text collate "C" not null,
        name text not null,
        type text not null,
        value text not null,
        is_personal boolean not null,
        insert_date timestamptz(0) not null,
        constraint user_attribute_pkey primary key (user_id, user_attribute_id)
      )`);
    this.addSql('create index user_attribute_list on user_attribute (user_id, is_personal, user_attribute_id)');
  }
}
