import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveTo } from './account.js';
import { clusterFolder, passwordFile, stagingFolder } from './layout.js';
import { type Programs, pathInside, run } from './program.js';

export const SUPERUSER = 'postgres';

/** Whether the data folder has a cluster, running or not. */
export const hasCluster = (dataDir: string): boolean => existsSync(join(clusterFolder(dataDir), 'PG_VERSION'));

/** Creates the cluster on the first start. @returns the superuser's password. */
export async function prepareCluster(dataDir: string, programs: Programs): Promise<string> {
  const cluster = clusterFolder(dataDir);
  if (!hasCluster(dataDir)) await create(dataDir, programs);
  giveTo(programs.account, cluster);
  return readFileSync(passwordFile(dataDir), 'utf8').trim();
}

// Created in another folder that is then renamed: after an interrupted first start the next one begins again.
async function create(dataDir: string, programs: Programs): Promise<void> {
  const staging = stagingFolder(dataDir);
  const password = randomBytes(24).toString('hex');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(join(staging, 'cluster'), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(join(staging, 'password'), password, { mode: 0o600 });
    giveTo(programs.account, staging);
    await initialise(staging, programs);
    writeFileSync(passwordFile(dataDir), `${password}\n`, { mode: 0o600 });
    renameSync(join(staging, 'cluster'), clusterFolder(dataDir));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Locales that decide which characters are letters for the trigrams of searches, by the names that systems use for
 * Unicode. In plain C only ASCII characters are letters, and a search for others reads the whole bank.
 */
const characterTypes = ['C.UTF-8', 'UTF-8', 'en_US.UTF-8', 'C'];

async function initialise(staging: string, programs: Programs): Promise<void> {
  for (const characterType of characterTypes) {
    const { code, output } = await initdb(join(staging, 'cluster'), programs, characterType);
    if (code === 0) return;
    if (output.includes('invalid locale name') && characterType !== 'C') continue;
    const hint = output.includes('user does not exist')
      ? '\nGive that user an entry in /etc/passwd, or set DATABASE_URL to a PostgreSQL server of your own.'
      : '';
    throw new Error(`Cannot create the PostgreSQL database files in ${staging}:\n${output.trim()}${hint}`);
  }
}

async function initdb(
  cluster: string,
  programs: Programs,
  characterType: string,
): Promise<{ code: number | null; output: string }> {
  const child = run(
    programs,
    'initdb',
    [
      `--pgdata=${pathInside(cluster, programs.account)}`,
      `--username=${SUPERUSER}`,
      '--pwfile=../password',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      `--lc-ctype=${characterType}`,
      '--no-sync',
    ],
    cluster,
  );
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
