export { createOutbox, type Outbox, type OutboxOptions, outboxTable } from './outbox.js';
export type { Task } from './task.sql.js';
