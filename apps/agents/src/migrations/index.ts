import type { MigrationStep } from '@platform/persistence';

/** In the order in which they are applied. A published migration never changes; to undo one, a new one is added. */
export const migrations: readonly MigrationStep[] = [
  { name: '20261122150000-agent', load: async () => (await import('./20261122150000-agent.js')).CreateAgentTable },
  {
    name: '20261128200000-kinds-of-tasks',
    load: async () => (await import('./20261128200000-kinds-of-tasks.js')).AddKindsOfTasks,
  },
];
