import { join } from 'node:path';

// What createPostgres keeps in its data folder; the folder may hold other things too.

/** PostgreSQL's own files. */
export const clusterFolder = (dataDir: string): string => join(dataDir, 'postgres');

/** The superuser's password, readable by the owner only. */
export const passwordFile = (dataDir: string): string => join(dataDir, 'postgres-password');

/** Names the process that runs the server. */
export const lockFile = (dataDir: string): string => join(dataDir, 'postgres.lock');

/** Where a new cluster is made before it is renamed into its place. */
export const stagingFolder = (dataDir: string): string => join(dataDir, 'postgres-new');
