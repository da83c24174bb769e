import type { MigrationObject } from '@mikro-orm/core';
import { Migration20261122090000CreateDirectory } from './20261122090000-create-directory.js';
import { Migration20261122140000AccountAndAttributes } from './20261122140000-account-and-attributes.js';
import { Migration20261122180000ApplicationsAndLocks } from './20261122180000-applications-and-locks.js';
import { Migration20261122180100EntitlementRequests } from './20261122180100-entitlement-requests.js';
import { Migration20261122180200ValidationsAndCollections } from './20261122180200-validations-and-collections.js';
import { Migration20261122180300Sandbox } from './20261122180300-sandbox.js';
import { Migration20261122180400Oauth } from './20261122180400-oauth.js';
import { Migration20261127190000UsersByAge } from './20261127190000-users-by-age.js';
import { Migration20261127200000LocksThatEnd } from './20261127200000-locks-that-end.js';
import { Migration20261128100000TokenUse } from './20261128100000-token-use.js';
import { Migration20261128110000AuditTrail } from './20261128110000-audit-trail.js';

/** In order; forward only. */
export const migrations: readonly MigrationObject[] = [
  { name: '20261122090000-create-directory', class: Migration20261122090000CreateDirectory },
  { name: '20261122140000-account-and-attributes', class: Migration20261122140000AccountAndAttributes },
  { name: '20261122180000-applications-and-locks', class: Migration20261122180000ApplicationsAndLocks },
  { name: '20261122180100-entitlement-requests', class: Migration20261122180100EntitlementRequests },
  { name: '20261122180200-validations-and-collections', class: Migration20261122180200ValidationsAndCollections },
  { name: '20261122180300-sandbox', class: Migration20261122180300Sandbox },
  { name: '20261122180400-oauth', class: Migration20261122180400Oauth },
  { name: '20261127190000-users-by-age', class: Migration20261127190000UsersByAge },
  { name: '20261127200000-locks-that-end', class: Migration20261127200000LocksThatEnd },
  { name: '20261128100000-token-use', class: Migration20261128100000TokenUse },
  { name: '20261128110000-audit-trail', class: Migration20261128110000AuditTrail },
];
