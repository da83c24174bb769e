// The global set-up's values for the workers, which inherit the environment of their parent.

/** The superuser's URL of the maintenance database. */
export const ADMIN_URL = 'TEST_POSTGRES_URL';

/** The worker nodes of a Citus cluster, as URLs of their maintenance databases with spaces between; empty without Citus. */
export const WORKER_URLS = 'TEST_CITUS_WORKERS';

/** Distinguishes this run's databases from those of other runs on the same server. */
export const RUN_ID = 'TEST_POSTGRES_RUN';

/** The prefix of every test database's name; the run's id follows. */
export const DATABASE_PREFIX = 'platform_test_';

/** @throws Error unless jest ran the global set-up. */
export function runEnvironment(): { adminUrl: string; workerUrls: string[]; prefix: string } {
  const adminUrl = process.env[ADMIN_URL];
  const run = process.env[RUN_ID];
  if (!adminUrl || !run)
    throw new Error(`${ADMIN_URL} is not set: run the tests through the repository's jest configuration.`);
  const workerUrls = process.env[WORKER_URLS]?.split(' ').filter(Boolean) ?? [];
  return { adminUrl, workerUrls, prefix: `${DATABASE_PREFIX}${run}_` };
}

/**
 * `it` or `describe` for what only plain PostgreSQL does: its own plans, rows that move to another bank, a database that a
 * service creates. On a Citus cluster it is skipped.
 */
export function onPlainPostgres<Run>(run: Run & { readonly skip: Run }): Run {
  return isOnCitus() ? run.skip : run;
}

/** Whether the test databases are on a Citus cluster; the tables of services are then distributed. */
export function isOnCitus(): boolean {
  return runEnvironment().workerUrls.length > 0;
}
