import type { MigrationObject } from '@mikro-orm/core';
import { CreateAttributes } from './20261122140000-attributes.js';

/** In the order of their application. A published one never changes; there is no way back but a new one. */
export const migrations: readonly MigrationObject[] = [{ name: '20261122140000-attributes', class: CreateAttributes }];
