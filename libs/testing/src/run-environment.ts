// What the global set-up tells the workers; a worker inherits its parent's environment.

/** The superuser's URL of the maintenance database. */
export const ADMIN_URL = 'TEST_POSTGRES_URL';

/** Tells the databases of this run from those of others on the same server. */
export const RUN_ID = 'TEST_POSTGRES_RUN';

/** Every database of the tests begins with this; the run's id follows. */
export const DATABASE_PREFIX = 'platform_test_';

/** @throws unless jest ran the global set-up. */
export function runEnvironment(): { adminUrl: string; prefix: string } {
  const adminUrl = process.env[ADMIN_URL];
  const run = process.env[RUN_ID];
  if (!adminUrl || !run)
    throw new Error(`${ADMIN_URL} is not set: run the tests through the repository's jest configuration.`);
  return { adminUrl, prefix: `${DATABASE_PREFIX}${run}_` };
}
