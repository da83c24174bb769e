import { Migration } from '@mikro-orm/migrations';

/** The security trail: an append-only table in its own schema, so that another role can own both. */
export class Migration20261128110000AuditTrail extends Migration {
  override up(): void {
    this.addSql('create schema audit');
    this.addSql(`
      create table audit.event (
        event_id text collate "C" primary key,
        occurred_at timestamptz(3) not null,
        kind text not null,
        operation_id text collate "C" not null,
        user_id text collate "C" not null,
        consumer_id text not null,
        bank_id text not null,
        subject text not null,
        role text not null,
        result text collate "C" not null,
        count integer not null,
        correlation_id text not null
      )`);
    // Ids are in the order of the events, so the index for each filter ends with the id.
    this.addSql('create index event_by_user on audit.event (user_id, event_id)');
    this.addSql('create index event_by_operation on audit.event (operation_id, event_id)');
    this.addSql('create index event_by_result on audit.event (result, event_id)');
    this.addSql(`
      create function audit.refuse() returns trigger language plpgsql as $$
      begin
        raise exception 'audit.event can only be added to' using errcode = 'insufficient_privilege';
      end
      $$`);
    this.addSql(
      'create trigger event_stays before update or delete or truncate on audit.event for each statement execute function audit.refuse()',
    );
    this.addSql('alter table audit.event enable always trigger event_stays');
  }
}
