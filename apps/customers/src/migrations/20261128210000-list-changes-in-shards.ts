import { Migration } from '@mikro-orm/migrations';

/**
 * Changes of lists are also recorded where the tables are distributed: there the trigger runs in a shard of the table
 * of customers, and only rows with known values can be inserted into another distributed table.
 */
export class RecordListChangesInShards extends Migration {
  override up(): void {
    this.addSql(noteChange);
  }
}

const noteChange = `create or replace function note_customer_list_change() returns trigger language plpgsql as $$
  declare
    lot record;
  begin
    if tg_op = 'TRUNCATE' then
      -- A shard has a name of its own, and is truncated with its table.
      if tg_table_name = 'customer' then
        truncate customer_list_part, customer_list_change;
      end if;
    elsif tg_op = 'UPDATE' then
      insert into customer_list_change (bank_id, last_ok_sorts, customer_ids, change)
      values (old.bank_id, array[old.last_ok_sort], array[old.customer_id], -1);
      insert into customer_list_change (bank_id, last_ok_sorts, customer_ids, change)
      values (new.bank_id, array[new.last_ok_sort], array[new.customer_id], 1);
    else
      for lot in
        select bank_id, array_agg(last_ok_sort) as last_ok_sorts, array_agg(customer_id) as customer_ids, count(*) as customers
        from (select bank_id, last_ok_sort, customer_id, row_number() over () / 1000 as lot from changed) as numbered
        group by bank_id, numbered.lot
      loop
        insert into customer_list_change (bank_id, last_ok_sorts, customer_ids, change)
        values (lot.bank_id, lot.last_ok_sorts, lot.customer_ids, lot.customers * case tg_op when 'INSERT' then 1 else -1 end);
      end loop;
    end if;
    return null;
  end
$$`;
