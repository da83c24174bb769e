import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPostgres, type Postgres } from '@platform/postgres';
import { Client } from 'pg';
import type { CertificateAuthority } from './certificates.js';

/** A PostgreSQL server that accepts only TLS, with a certificate for db.example.com and 127.0.0.1. */
export async function createSecurePostgres(folder: string, ca: CertificateAuthority): Promise<Postgres> {
  const server = await createPostgres({ dataDir: folder, durable: false });
  const { cert, key } = await ca.issue('db.example.com');
  const admin = new Client({ connectionString: server.url('postgres') });
  await admin.connect();
  const cluster = join(folder, 'postgres');
  const { uid, gid } = statSync(cluster);
  for (const [name, text] of [
    ['server.crt', cert],
    ['server.key', key],
    ['pg_hba.conf', 'hostssl all all 127.0.0.1/32 scram-sha-256\n'],
  ] as const) {
    writeFileSync(join(cluster, name), text, { mode: 0o600 });
    chownSync(join(cluster, name), uid, gid);
  }
  await admin.query('alter system set ssl = on');
  await admin.query('select pg_reload_conf()');
  await admin.end();
  return server;
}
