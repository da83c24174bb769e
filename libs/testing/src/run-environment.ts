// The global set-up's values for the workers, which inherit the environment of their parent.

/** The superuser's URL of the maintenance database. */
export const ADMIN_URL = 'TEST_POSTGRES_URL';

/** Distinguishes this run's databases from those of other runs on the same server. */
export const RUN_ID = 'TEST_POSTGRES_RUN';

/** The prefix of every test database's name; the run's id follows. */
export const DATABASE_PREFIX = 'platform_test_';

/** @throws Error unless jest ran the global set-up. */
export function runEnvironment(): { adminUrl: string; prefix: string } {
  const adminUrl = process.env[ADMIN_URL];
  const run = process.env[RUN_ID];
  if (!adminUrl || !run)
    throw new Error(`${ADMIN_URL} is not set: run the tests through the repository's jest configuration.`);
  return { adminUrl, prefix: `${DATABASE_PREFIX}${run}_` };
}
