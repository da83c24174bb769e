export { createOutbox, type Outbox, type OutboxOptions, outboxTable, type Task } from './outbox.js';
