import type { MigrationStep } from '@platform/persistence';

/** In the order of their application. A published one never changes; there is no way back but a new one. */
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
