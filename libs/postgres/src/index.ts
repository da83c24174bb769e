export { createPostgres, type Postgres, type PostgresOptions } from './postgres.js';
export { stopAbandoned } from './abandoned.js';
