import { Migration } from '@mikro-orm/migrations';

/** Restrictions of operations, counted calls, collections of operations. */
export class Migration20261122180200ValidationsAndCollections extends Migration {
  override up(): void {
    // As text: the response returns the schema with its members in the order of the request.
    this.addSql(
      'create table json_schema_validation (operation_id text collate "C" primary key, json_schema text not null)',
    );
    this.addSql(
      'create table authentication_type_validation (operation_id text collate "C" primary key, allowed_authentication_types text[] not null)',
    );
    // Per subject, by period from second to month: when the window began (milliseconds since 1970) and the calls in it.
    // Free space in the pages lets an updated row stay in its page.
    this.addSql(`
      create table call_count (
        subject text collate "C" primary key,
        began bigint[] not null,
        calls bigint[] not null,
        ends_at timestamptz not null
      ) with (fillfactor = 50)`);
    this.addSql('create index call_count_by_end on call_count (ends_at)');
    this.addSql(`
      create table api_collection (
        api_collection_id text collate "C" primary key,
        user_id text not null references app_user,
        api_collection_name text not null,
        is_sharable boolean not null,
        description text not null,
        created_at timestamptz(0) not null,
        constraint api_collection_name_key unique (user_id, api_collection_name)
      )`);
    this.addSql('create index api_collection_list on api_collection (user_id, api_collection_id)');
    this.addSql(`
      create table api_collection_endpoint (
        api_collection_id text collate "C" not null constraint api_collection_endpoint_collection_fkey references api_collection on delete cascade,
        api_collection_endpoint_id text collate "C" not null,
        operation_id text not null,
        primary key (api_collection_id, api_collection_endpoint_id),
        constraint api_collection_endpoint_operation_key unique (api_collection_id, operation_id)
      )`);
  }
}
