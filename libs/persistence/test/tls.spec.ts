import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Migration } from '@mikro-orm/migrations';
import { defineEntity, p } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Postgres } from '@platform/postgres';
import { createCertificateAuthority, createProxy, createSecurePostgres } from '@platform/testing';
import { autocommit, command, createReader, createWriter, insertionOf, openOrm } from '../src/index.js';

/** Each migration notes how its own session is connected. */
class NoteSession extends Migration {
  override up(): void {
    this.addSql('create table session (id text primary key, ssl boolean not null)');
    this.addSql(`insert into session select 'migration', ssl from pg_stat_ssl where pid = pg_backend_pid()`);
  }
}
const session = defineEntity({ name: 'Session', properties: { id: p.text().primary(), ssl: p.boolean() } });
const migrations = [{ name: '1-note-session', load: async () => NoteSession }];
const note = (id: string) => `insert into session select '${id}', ssl from pg_stat_ssl where pid = pg_backend_pid()`;
const isEncrypted = { text: 'select ssl from pg_stat_ssl where pid = pg_backend_pid()', values: [] };

let folder: string;
let server: Postgres;
let authority: string;
let stranger: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tls-spec-'));
  const ca = await createCertificateAuthority();
  server = await createSecurePostgres(folder, ca);
  authority = keep('authority.pem', ca.cert);
  stranger = keep('stranger.pem', (await createCertificateAuthority()).cert);
}, 60_000);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function keep(name: string, pem: string): string {
  const path = join(folder, name);
  writeFileSync(path, pem);
  return path;
}

const open = (url: string) => openOrm({ url, entities: [session], migrations, pool: 1 });
const named = (url: string) => url.replace('127.0.0.1', 'localhost');
const urlOf = (query: string, port = server.port) =>
  `${server.url('secured').replace(`:${server.port}/`, `:${port}/`)}?${query}`;

describe('a server that takes TLS only', () => {
  it('hears nothing in plain text, neither of the making of a database nor of migrations, commands and reads', async () => {
    const proxy = await createProxy(server.port);
    const url = urlOf(`sslmode=verify-full&sslrootcert=${authority}`, proxy.port);
    const orm = await open(url);
    const reader = createReader(url, 1);
    await command(orm, {}, (em) => em.execute(note('command')));
    await autocommit(orm, {}, (em) => em.execute(note('autocommit')));
    await command(orm, {}, async (em) => void em.persist(em.create(session, { id: 'entity', ssl: true })));
    expect([await reader.rows(isEncrypted), await reader.page(isEncrypted)]).toEqual([
      [{ ssl: true }],
      [{ ssl: true }],
    ]);
    const writer = createWriter(url);
    await writer.insert(insertionOf(orm, session), { id: 'writer', ssl: true });
    expect(await reader.page({ text: 'select id, ssl from session order by id', values: [] })).toEqual(
      ['autocommit', 'command', 'entity', 'migration', 'writer'].map((id) => ({ id, ssl: true })),
    );
    for (const word of ['insert into', 'select', 'create', 'secured', 'postgres'])
      expect(proxy.sent().includes(word)).toBe(false);
    await writer.close();
    await reader.close();
    await orm.close(true);
    await proxy.close();
  }, 60_000);

  it('is refused under a name that its certificate does not have', async () => {
    const url = named(urlOf(`sslmode=verify-full&sslrootcert=${authority}`));
    await expect(open(url)).rejects.toThrow(/does not match certificate's altnames/);
    const reader = createReader(url, 1);
    await expect(reader.rows(isEncrypted)).rejects.toThrow(/does not match certificate's altnames/);
    await reader.close();
  });

  it.each([
    [
      'its certificate is of another authority',
      () => `sslmode=verify-full&sslrootcert=${stranger}`,
      /certificate signature failure|self-signed certificate|unable to verify/,
    ],
    ['no authority is named', () => 'sslmode=verify-full', /self-signed certificate|unable to verify/],
    ['TLS is switched off', () => 'sslmode=disable', /no encryption|pg_hba/],
    ['nothing is said of TLS', () => '', /no encryption|pg_hba/],
    ['the authority cannot be read', () => `sslmode=verify-full&sslrootcert=${folder}/none.pem`, /no such file/],
  ])('is refused when %s', async (_, query, reason) => {
    await expect(open(urlOf(query()))).rejects.toThrow(reason);
    const answer = async () => {
      const reader = createReader(urlOf(query()), 1);
      await reader.rows(isEncrypted).finally(() => reader.close());
    };
    await expect(answer()).rejects.toThrow(reason);
  });
});
