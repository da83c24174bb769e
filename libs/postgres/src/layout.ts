import { join } from 'node:path';

// The files of createPostgres in its data folder, which may contain other things too.

/** PostgreSQL's own files. */
export const clusterFolder = (dataDir: string): string => join(dataDir, 'postgres');

/** The superuser's password, readable by the owner only. */
export const passwordFile = (dataDir: string): string => join(dataDir, 'postgres-password');

/** Contains the id of the process that runs the server. */
export const lockFile = (dataDir: string): string => join(dataDir, 'postgres.lock');

/** Where a new cluster is created before it is renamed to its final place. */
export const stagingFolder = (dataDir: string): string => join(dataDir, 'postgres-new');
