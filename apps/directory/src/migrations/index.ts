import type { MigrationStep } from '@platform/persistence';

/** In the order in which they run; forward only. */
export const migrations: readonly MigrationStep[] = [
  {
    name: '20261122090000-create-directory',
    load: async () => (await import('./20261122090000-create-directory.js')).Migration20261122090000CreateDirectory,
  },
  {
    name: '20261122140000-account-and-attributes',
    load: async () =>
      (await import('./20261122140000-account-and-attributes.js')).Migration20261122140000AccountAndAttributes,
  },
  {
    name: '20261122180000-applications-and-locks',
    load: async () =>
      (await import('./20261122180000-applications-and-locks.js')).Migration20261122180000ApplicationsAndLocks,
  },
  {
    name: '20261122180100-entitlement-requests',
    load: async () =>
      (await import('./20261122180100-entitlement-requests.js')).Migration20261122180100EntitlementRequests,
  },
  {
    name: '20261122180200-validations-and-collections',
    load: async () =>
      (await import('./20261122180200-validations-and-collections.js'))
        .Migration20261122180200ValidationsAndCollections,
  },
  {
    name: '20261122180300-sandbox',
    load: async () => (await import('./20261122180300-sandbox.js')).Migration20261122180300Sandbox,
  },
  {
    name: '20261122180400-oauth',
    load: async () => (await import('./20261122180400-oauth.js')).Migration20261122180400Oauth,
  },
  {
    name: '20261127190000-users-by-age',
    load: async () => (await import('./20261127190000-users-by-age.js')).Migration20261127190000UsersByAge,
  },
  {
    name: '20261127200000-locks-that-end',
    load: async () => (await import('./20261127200000-locks-that-end.js')).Migration20261127200000LocksThatEnd,
  },
  {
    name: '20261128100000-token-use',
    load: async () => (await import('./20261128100000-token-use.js')).Migration20261128100000TokenUse,
  },
  {
    name: '20261128110000-audit-trail',
    load: async () => (await import('./20261128110000-audit-trail.js')).Migration20261128110000AuditTrail,
  },
  {
    name: '20261128200000-kinds-of-tasks',
    load: async () => (await import('./20261128200000-kinds-of-tasks.js')).Migration20261128200000KindsOfTasks,
  },
];
