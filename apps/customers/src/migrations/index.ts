import type { MigrationObject } from '@mikro-orm/core';
import { CreateCustomer } from './20261122000000-customer.js';
import { CreateCustomerRecords } from './20261122150000-customer-records.js';
import { CreateOutbox } from './20261122160000-outbox.js';

/** In the order of their application. A published one never changes; there is no way back but a new one. */
export const migrations: readonly MigrationObject[] = [
  { name: '20261122000000-customer', class: CreateCustomer },
  { name: '20261122150000-customer-records', class: CreateCustomerRecords },
  { name: '20261122160000-outbox', class: CreateOutbox },
];
