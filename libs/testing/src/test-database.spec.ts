import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase } from './test-database.js';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

describe('a test database', () => {
  it('starts from one migration, however many ask at once, and shares no rows', async () => {
    let migrations = 0;
    const migrate = async (url: string): Promise<void> => {
      migrations += 1;
      await query(url, 'create table customer (number int)');
    };
    const databases = await Promise.all([1, 2, 3].map(() => createTestDatabase('one-migration', migrate)));
    const [first, second] = databases.map(({ url }) => url) as [string, string];
    await query(first, 'insert into customer values (1)');

    expect(migrations).toBe(1);
    expect(await query(second, 'select * from customer')).toEqual([]);
    await Promise.all(databases.map((database) => database.close()));
  });

  it('is gone after close, even while somebody is connected', async () => {
    const database = await createTestDatabase('closed');
    const client = new Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    await database.close();
    await expect(query(database.url, 'select 1')).rejects.toMatchObject({ code: '3D000' });
    await client.end();
  });

  it('is migrated anew after a failed migration', async () => {
    await expect(createTestDatabase('failing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const database = await createTestDatabase(
      'failing',
      async (url) => void (await query(url, 'create table t (n int)')),
    );
    expect(await query(database.url, 'select * from t')).toEqual([]);
    await database.close();
  });
});
