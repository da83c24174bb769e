import { Migration } from '@mikro-orm/migrations';

/** The table of customers, with an index for each of its queries. */
export class CreateCustomer extends Migration {
  override up(): void {
    this.addSql('create extension if not exists pg_trgm');
    this.addSql('create extension if not exists btree_gin');
    this.addSql(`create table customer (
      bank_id text collate "C" not null,
      customer_id text collate "C" not null,
      customer_number text collate "C" not null,
      legal_name text not null,
      mobile_phone_number text not null,
      email text not null,
      face_image_url text not null,
      face_image_date timestamptz(0),
      date_of_birth timestamptz(0),
      relationship_status text not null,
      dependants integer not null,
      dob_of_dependants timestamptz(0)[] not null,
      credit_rating_rating text not null,
      credit_rating_source text not null,
      credit_limit_currency text not null,
      credit_limit_amount text not null,
      highest_education_attained text not null,
      employment_status text not null,
      kyc_status boolean not null,
      last_ok_date timestamptz(0),
      title text not null,
      branch_id text collate "C" not null,
      name_suffix text not null,
      created_at timestamptz(0) not null,
      updated_at timestamptz(0) not null,
      last_ok_sort timestamptz(0) not null generated always as (coalesce(last_ok_date, 'infinity')) stored,
      primary key (bank_id, customer_id)
    )`);
    this.addSql('create unique index customer_number_unique on customer (bank_id, customer_number)');
    // Customers without a date have infinity: so one index serves both directions, with nulls first when descending and
    // last when ascending.
    this.addSql('create index customer_list on customer (bank_id, last_ok_sort, customer_id)');
    this.addSql('create index customer_list_any_bank on customer (last_ok_sort, customer_id, bank_id)');
    this.addSql('create index customer_legal_name_search on customer using gin (bank_id, legal_name gin_trgm_ops)');
    this.addSql(
      'create index customer_mobile_phone_number_search on customer using gin (bank_id, mobile_phone_number gin_trgm_ops)',
    );
  }
}
