import pg from 'pg';

// The directory's statements have lists of ids as parameters. By default the server would plan them at each run, for
// the length of the list.
const OPTIONS = { customers: '', attributes: '', links: '', directory: '-c plan_cache_mode=force_generic_plan' };
const TIMESTAMPTZ = 1184;
const TIMESTAMPTZ_LIST = 1185;

/** Opens a pool for each service's database, by name. Times stay text until they reach the client. */
export function openDatabases(env) {
  const wireTime = (text) => `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;
  pg.types.setTypeParser(TIMESTAMPTZ, wireTime);
  // The package's list of types does not contain list types.
  pg.types.setTypeParser(/** @type {any} */ (TIMESTAMPTZ_LIST), (text) =>
    text === '{}' ? [] : text.slice(2, -2).split('","').map(wireTime),
  );
  const pools = Object.fromEntries(
    Object.entries(OPTIONS).map(([name, options]) => [
      name,
      openPool(env[`${name.toUpperCase()}_DATABASE_URL`], options),
    ]),
  );
  const close = async () => void (await Promise.all(Object.values(pools).map((pool) => pool.end())));
  return { ...pools, close };
}

function openPool(connectionString, options) {
  return new pg.Pool({ connectionString, max: 10, options: `-c TimeZone=UTC ${options}` });
}
