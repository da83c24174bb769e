import type { MigrationObject } from '@mikro-orm/core';
import { Migration20261122090000CreateDirectory } from './20261122090000-create-directory.js';

/** In order; forward only. */
export const migrations: readonly MigrationObject[] = [
  { name: '20261122090000-create-directory', class: Migration20261122090000CreateDirectory },
];
