import type { MigrationObject } from '@mikro-orm/core';
import { Migration20261122090000CreateDirectory } from './20261122090000-create-directory.js';
import { Migration20261122140000AccountAndAttributes } from './20261122140000-account-and-attributes.js';

/** In order; forward only. */
export const migrations: readonly MigrationObject[] = [
  { name: '20261122090000-create-directory', class: Migration20261122090000CreateDirectory },
  { name: '20261122140000-account-and-attributes', class: Migration20261122140000AccountAndAttributes },
];
