/**
 * The tables of a service's journal, which a migration creates. They have their own schema, so that another role can
 * own them: then the application's role can neither disable the triggers nor drop the tables.
 */
export const journalTables: readonly string[] = [
  'create schema journal',
  'create sequence journal.entry_number',
  `create table journal.entry (
    bank_id text collate "C" not null,
    number bigint not null default nextval('journal.entry_number'),
    kind text collate "C" not null,
    record_id text collate "C" not null,
    version integer not null,
    subject text collate "C" not null,
    action text collate "C" not null,
    operation text collate "C" not null,
    user_id text not null,
    consumer_id text not null,
    service text not null,
    correlation_id text not null,
    occurred_at timestamptz(3) not null,
    fields text[] not null,
    content bytea,
    primary key (bank_id, number)
  )`,
  'create index entry_by_subject on journal.entry (bank_id, subject, number)',
  // Entries that are not in the chain yet.
  `create table journal.pending (
    bank_id text collate "C" not null,
    number bigint not null,
    primary key (bank_id, number)
  )`,
  // The chain of each bank, and the order in which the entries of all banks became visible.
  `create table journal.seal (
    bank_id text collate "C" not null,
    place bigint not null,
    number bigint not null,
    position bigint not null,
    hash bytea not null,
    primary key (bank_id, place)
  )`,
  'create index seal_by_position on journal.seal (position)',
  // Who holds its lock extends the chains.
  'create table journal.head (one boolean primary key default true check (one), position bigint not null)',
  'insert into journal.head (position) values (0)',
  // The keys that encrypt the values of the entries, one for each customer or agent.
  `create table journal.key (
    bank_id text collate "C" not null,
    subject text collate "C" not null,
    wrapped bytea not null,
    primary key (bank_id, subject)
  )`,
  `create function journal.refuse() returns trigger language plpgsql as $$
  begin
    raise exception 'the journal can only be added to' using errcode = 'insufficient_privilege';
  end
  $$`,
  ...['entry', 'seal'].flatMap((table) => [
    `create trigger ${table}_stays before update or delete or truncate on journal.${table} for each statement execute function journal.refuse()`,
    `alter table journal.${table} enable always trigger ${table}_stays`,
  ]),
];

/** What an entry says about its author, as columns. */
export const authorColumns = ['operation', 'user_id', 'consumer_id', 'service', 'correlation_id'] as const;

const columns = `bank_id, kind, record_id, version, subject, action, ${authorColumns.join(', ')}, occurred_at, fields, content`;

/** Adds the selected entries, and what makes them pending. @param select rows of all columns but the number, in order */
export const addEntries = (select: string): string => `entry as (
  insert into journal.entry (${columns})
  ${select}
  returning bank_id, number
),
pending as (insert into journal.pending (bank_id, number) select bank_id, number from entry)`;

/** The entries $1 as JSON, each an object of the columns; `content` in base64. */
export const addGivenEntries = `with ${addEntries(`select bank_id, kind, record_id, version, subject, action, ${authorColumns.join(', ')},
    clock_timestamp(), array(select jsonb_array_elements_text(fields)), decode(content, 'base64')
  from jsonb_to_recordset(?::jsonb) as given (bank_id text, kind text, record_id text, version int, subject text, action text,
    ${authorColumns.map((name) => `${name} text`).join(', ')}, fields jsonb, content text)`)}
select from entry`;

/**
 * What of an entry is in the chain, as bytes that no other entry has: the digest of all its columns. In the session's
 * time zone UTC.
 */
export const digest = `sha256(convert_to(jsonb_build_array(entry.bank_id, entry.number, entry.kind, entry.record_id, entry.version, entry.subject,
  entry.action, ${authorColumns.map((name) => `entry.${name}`).join(', ')}, entry.occurred_at, entry.fields, encode(entry.content, 'base64'))::text, 'UTF8'))`;

export interface EntryRow {
  readonly position: number;
  readonly number: number;
  readonly bank_id: string;
  readonly kind: string;
  readonly record_id: string;
  readonly version: number;
  readonly subject: string;
  readonly action: string;
  readonly operation: string;
  readonly user_id: string;
  readonly consumer_id: string;
  readonly service: string;
  readonly correlation_id: string;
  readonly occurred_at: string;
  readonly fields: readonly string[];
  readonly content: Buffer | null;
}

const selected = `entry.number, entry.bank_id, entry.kind, entry.record_id, entry.version, entry.subject, entry.action,
  ${authorColumns.map((name) => `entry.${name}`).join(', ')}, to_char(entry.occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at, entry.fields, entry.content`;

/** The entries after the position $1, $2 of them. */
export const entriesAfter = {
  name: 'journal_entries_after',
  text: `select seal.position, ${selected}
    from (select bank_id, number, position from journal.seal where position > $1::bigint order by position limit $2::int) as seal
    join journal.entry as entry on entry.bank_id = seal.bank_id and entry.number = seal.number
    order by seal.position`,
} as const;

/** The entries of a bank's ($1) subject ($2) before the number $3, $4 of them, newest first. */
export const entriesOfSubject = {
  name: 'journal_entries_of_subject',
  text: `select 0 as position, ${selected}
    from journal.entry as entry
    where entry.bank_id = $1 and entry.subject = $2 and entry.number < $3::bigint
    order by entry.number desc limit $4::int`,
} as const;

/** The keys of a bank's ($1) subjects ($2). */
export const keysOfSubjects = {
  name: 'journal_keys_of_subjects',
  text: 'select subject, wrapped from journal.key where bank_id = $1 and subject = any($2::text[])',
} as const;
