import { Client } from 'pg';

/** Runs one statement on its own connection. */
export async function sql<Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

export async function countCustomers(url: string): Promise<number> {
  const [row] = await sql<{ count: number }>(url, 'select count(*)::int as count from customer');
  return row?.count ?? -1;
}
