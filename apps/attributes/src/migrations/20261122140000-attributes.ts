import { Migration } from '@mikro-orm/migrations';

/** Attributes of customers and their definitions, with an index for each query. */
export class CreateAttributes extends Migration {
  override up(): void {
    this.addSql(`create table customer_presence (
      bank_id text collate "C" not null,
      customer_id text collate "C" not null,
      is_deleted boolean not null,
      primary key (bank_id, customer_id)
    )`);
    this.addSql(`create table customer_attribute (
      bank_id text collate "C" not null,
      customer_attribute_id text collate "C" not null,
      customer_id text collate "C" not null,
      name text collate "C" not null,
      type text collate "C" not null,
      value text collate "C" not null,
      primary key (bank_id, customer_attribute_id)
    )`);
    this.addSql(
      'create index customer_attribute_list on customer_attribute (bank_id, customer_id, customer_attribute_id)',
    );
    // A whole value would not fit into an index entry.
    this.addSql(
      'create index customer_attribute_by_value on customer_attribute (bank_id, name, left(value, 100), customer_id)',
    );
    this.addSql(`create table attribute_definition (
      bank_id text collate "C" not null,
      attribute_definition_id text collate "C" not null,
      name text collate "C" not null,
      category text collate "C" not null,
      type text collate "C" not null,
      description text not null,
      alias text not null,
      can_be_seen_on_views text[] not null,
      is_active boolean not null,
      primary key (bank_id, attribute_definition_id),
      constraint attribute_definition_name_key unique (bank_id, name, category)
    )`);
  }
}
