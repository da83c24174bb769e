import { Client, DatabaseError } from 'pg';

// duplicate_database, and the unique violation that a concurrent CREATE DATABASE runs into.
const EXISTS = ['42P04', '23505'];

/** Creates a database through the maintenance database at `url`, unless it exists. */
export async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || !EXISTS.includes(error.code ?? '')) throw error;
  } finally {
    await client.end();
  }
}
