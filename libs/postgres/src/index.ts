export { hasCluster } from './cluster.js';
export { createPostgres, type Postgres, type PostgresOptions } from './postgres.js';
export { freePort } from './free-port.js';
export { stopAbandoned } from './abandoned.js';
export { runningPostgres } from './running.js';
