export { createOutbox, type Outbox, type OutboxOptions, outboxTable, type TaskHandler } from './outbox.js';
export type { Task } from './task.sql.js';
