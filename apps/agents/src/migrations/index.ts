import type { MigrationStep } from '@platform/persistence';

/** In the order of their application. A published one never changes; there is no way back but a new one. */
export const migrations: readonly MigrationStep[] = [
  { name: '20261122150000-agent', load: async () => (await import('./20261122150000-agent.js')).CreateAgentTable },
  {
    name: '20261128200000-kinds-of-tasks',
    load: async () => (await import('./20261128200000-kinds-of-tasks.js')).AddKindsOfTasks,
  },
];
