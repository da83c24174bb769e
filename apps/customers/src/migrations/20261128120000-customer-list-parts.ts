import { Migration } from '@mikro-orm/migrations';

/**
 * The number of customers in each part of a bank's list. A trigger records every change of the list in the transaction
 * that makes it, also for an older build that is still running; the changes are added to the counts later. Customers
 * that one statement adds or removes share a row, up to a thousand of them: `change` is their number, negative for
 * removed ones.
 */
export class CountCustomerListParts extends Migration {
  override up(): void {
    // Half of each page stays free, so that a count is updated in place.
    this.addSql(`create table customer_list_part (
      bank_id text collate "C" not null,
      last_ok_sort timestamptz(0) not null,
      customer_id text collate "C" not null,
      customers integer not null,
      primary key (bank_id, last_ok_sort, customer_id)
    ) with (fillfactor = 50)`);
    this.addSql(`create table customer_list_change (
      bank_id text collate "C" not null,
      id bigint not null generated always as identity,
      last_ok_sorts timestamptz(0)[] not null,
      customer_ids text[] collate "C" not null,
      change integer not null,
      primary key (bank_id, id)
    )`);
    this.addSql(noteChange);
    this.addSql(
      'create trigger customers_added after insert on customer referencing new table as changed for each statement execute function note_customer_list_change()',
    );
    this.addSql(
      'create trigger customers_removed after delete on customer referencing old table as changed for each statement execute function note_customer_list_change()',
    );
    this.addSql(
      'create trigger customers_truncated after truncate on customer for each statement execute function note_customer_list_change()',
    );
    this
      .addSql(`create trigger customer_moved after update of bank_id, customer_id, last_ok_date on customer for each row
      when ((old.bank_id, old.customer_id, old.last_ok_sort) is distinct from (new.bank_id, new.customer_id, new.last_ok_sort)) execute function note_customer_list_change()`);
    // After the triggers are created, no other transaction can write until this one ends. Each bank starts with one
    // part; long ones are split later.
    this.addSql(
      `insert into customer_list_part (bank_id, last_ok_sort, customer_id, customers) select bank_id, '-infinity', '', count(*)::int from customer group by bank_id`,
    );
  }
}

const noteChange = `create function note_customer_list_change() returns trigger language plpgsql as $$
  begin
    if tg_op = 'TRUNCATE' then
      truncate customer_list_part, customer_list_change;
    elsif tg_op = 'UPDATE' then
      insert into customer_list_change (bank_id, last_ok_sorts, customer_ids, change)
      values (old.bank_id, array[old.last_ok_sort], array[old.customer_id], -1), (new.bank_id, array[new.last_ok_sort], array[new.customer_id], 1);
    else
      insert into customer_list_change (bank_id, last_ok_sorts, customer_ids, change)
      select bank_id, array_agg(last_ok_sort), array_agg(customer_id), count(*) * case tg_op when 'INSERT' then 1 else -1 end
      from (select bank_id, last_ok_sort, customer_id, row_number() over () / 1000 as lot from changed) as numbered group by bank_id, lot;
    end if;
    return null;
  end
$$`;
