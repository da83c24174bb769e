import type { MigrationObject } from '@mikro-orm/core';
import { CreateAgentTable } from './20261122150000-agent.js';

/** In the order of their application. A published one never changes; there is no way back but a new one. */
export const migrations: readonly MigrationObject[] = [{ name: '20261122150000-agent', class: CreateAgentTable }];
