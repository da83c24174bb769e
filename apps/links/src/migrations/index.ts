import type { MigrationStep } from '@platform/persistence';

/** In the order of their application. A published one never changes; there is no way back but a new one. */
export const migrations: readonly MigrationStep[] = [
  { name: '20261122150000-links', load: async () => (await import('./20261122150000-links.js')).CreateLinks },
];
