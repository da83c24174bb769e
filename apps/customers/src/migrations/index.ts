import type { MigrationStep } from '@platform/persistence';

/** In the order in which they are applied. A published migration never changes; to undo one, a new one is added. */
export const migrations: readonly MigrationStep[] = [
  { name: '20261122000000-customer', load: async () => (await import('./20261122000000-customer.js')).CreateCustomer },
  {
    name: '20261122150000-customer-records',
    load: async () => (await import('./20261122150000-customer-records.js')).CreateCustomerRecords,
  },
  { name: '20261122160000-outbox', load: async () => (await import('./20261122160000-outbox.js')).CreateOutbox },
  {
    name: '20261128120000-customer-list-parts',
    load: async () => (await import('./20261128120000-customer-list-parts.js')).CountCustomerListParts,
  },
  {
    name: '20261128200000-kinds-of-tasks',
    load: async () => (await import('./20261128200000-kinds-of-tasks.js')).AddKindsOfTasks,
  },
];
