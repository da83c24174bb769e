const TABLES = `
  select format('%I.%I', nspname, relname) as name
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'p') and not relispartition and nspname <> 'information_schema' and nspname !~ '^pg_'
  order by name`;

/** The names of a database's tables. @returns {Promise<string[]>} */
export async function tablesOf(client) {
  const { rows } = await client.query(TABLES);
  return rows.map(({ name }) => name);
}

/** The number of rows of each table. @returns {Promise<Record<string, number>>} */
export async function countRows(client) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const name of await tablesOf(client)) {
    const { rows } = await client.query(`select count(*)::text as count from ${name}`);
    counts[name] = Number(rows[0].count);
  }
  return counts;
}

/** The names of the applied migrations. @returns {Promise<string[]>} */
export async function migrationsOf(client) {
  const { rows } = await client.query('select name from public.migration order by name');
  return rows.map(({ name }) => name);
}

/** @returns {Promise<{major: number, character_type: string}>} */
export async function serverOf(client) {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int / 10000 as major, datctype as character_type
     from pg_database where datname = current_database()`,
  );
  return rows[0];
}
