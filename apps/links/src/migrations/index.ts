import type { MigrationStep } from '@platform/persistence';

/** In the order in which they are applied. A published migration never changes; to undo one, a new one is added. */
export const migrations: readonly MigrationStep[] = [
  { name: '20261122150000-links', load: async () => (await import('./20261122150000-links.js')).CreateLinks },
];
