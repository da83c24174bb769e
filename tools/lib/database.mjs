/**
 * The PostgreSQL server of DATABASE_URL, or an embedded one on the data folder.
 * @returns {Promise<{url: string, close(): Promise<void>}>} the URL names no service's database: each adds its own
 */
export async function startDatabase(dataDir, env) {
  if (env.DATABASE_URL) return { url: env.DATABASE_URL, close: async () => undefined };
  const { createPostgres } = await import('@platform/postgres');
  try {
    const postgres = await createPostgres({ dataDir, port: Number(env.POSTGRES_PORT) || 0 });
    return { url: postgres.url('postgres'), close: () => postgres.close() };
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
