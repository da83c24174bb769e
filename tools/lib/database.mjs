/**
 * The server of DATABASE_URL, or an embedded one on the data folder; none where every service has a database of its own.
 * @param {Record<string, unknown>} settings DATA_DIR, DATABASE_URL and the services' own URLs
 * @returns {Promise<{url: string | undefined, close(): Promise<void>}>} the URL names no service's database: each adds its own
 */
export async function startDatabase({ DATA_DIR, DATABASE_URL, DIRECTORY_DATABASE_URL, CUSTOMERS_DATABASE_URL }) {
  if (DATABASE_URL || (DIRECTORY_DATABASE_URL && CUSTOMERS_DATABASE_URL)) return { url: DATABASE_URL, close: async () => undefined };
  const { createPostgres } = await import('@platform/postgres');
  const postgres = await createPostgres({ dataDir: DATA_DIR });
  return { url: postgres.url('postgres'), close: () => postgres.close() };
}
