import { Migration } from '@mikro-orm/migrations';

/** Records that are deleted with their customer, CRM events of banks, and an index on customers' last changes. */
export class CreateCustomerRecords extends Migration {
  override up(): void {
    this.addSql(`create table customer_address (
      bank_id text collate "C" not null,
      customer_address_id text collate "C" not null,
      customer_id text collate "C" not null,
      line_1 text not null,
      line_2 text not null,
      line_3 text not null,
      city text not null,
      county text not null,
      state text not null,
      postcode text not null,
      country_code text not null,
      tags text[] not null,
      status text not null,
      created_at timestamptz(0) not null,
      updated_at timestamptz(0) not null,
      primary key (bank_id, customer_address_id),
      constraint customer_address_customer_fkey foreign key (bank_id, customer_id) references customer on delete cascade
    )`);
    this.addSql('create index customer_address_list on customer_address (bank_id, customer_id, customer_address_id)');
    this.addSql(`create table tax_residence (
      bank_id text collate "C" not null,
      tax_residence_id text collate "C" not null,
      customer_id text collate "C" not null,
      domain text collate "C" not null,
      tax_number text collate "C" not null,
      created_at timestamptz(0) not null,
      primary key (bank_id, tax_residence_id),
      constraint tax_residence_customer_fkey foreign key (bank_id, customer_id) references customer on delete cascade
    )`);
    this.addSql('create index tax_residence_list on tax_residence (bank_id, customer_id, tax_residence_id)');
    this.addSql('create unique index tax_residence_unique on tax_residence (bank_id, customer_id, domain, tax_number)');
    // A handle does not store the customer number, because the number can change.
    this.addSql(`create table social_media_handle (
      bank_id text collate "C" not null,
      social_media_handle_id text collate "C" not null,
      customer_id text collate "C" not null,
      type text not null,
      handle text not null,
      date_added timestamptz(0),
      date_activated timestamptz(0),
      created_at timestamptz(0) not null,
      primary key (bank_id, social_media_handle_id),
      constraint social_media_handle_customer_fkey foreign key (bank_id, customer_id) references customer on delete cascade
    )`);
    this.addSql(
      'create index social_media_handle_list on social_media_handle (bank_id, customer_id, social_media_handle_id)',
    );
    // An event's customer is text and need not exist. Clients may choose ids, so the order has its own column.
    this.addSql(`create table crm_event (
      bank_id text collate "C" not null,
      crm_event_id text collate "C" not null,
      place text collate "C" not null,
      customer_name text not null,
      customer_number text not null,
      category text not null,
      detail text not null,
      channel text not null,
      scheduled_date timestamptz(0),
      actual_date timestamptz(0),
      result text not null,
      created_at timestamptz(0) not null,
      primary key (bank_id, crm_event_id)
    )`);
    this.addSql('create index crm_event_list on crm_event (bank_id, place)');
    this.addSql('create index customer_updated on customer (bank_id, updated_at)');
  }
}
