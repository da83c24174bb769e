import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '@platform/runtime';

/** The secrets of an instance. */
export interface Credentials {
  readonly caller_secret: string;
  readonly journal_key: string;
  readonly admin_username: string;
  readonly admin_password: string;
  readonly consumer_key: string;
  readonly consumer_secret: string;
}

export interface LoadedCredentials extends Credentials {
  /** The secrets generated at this start: only these are shown. */
  readonly generated: readonly SecretName[];
  /** The file that stores the generated ones. */
  readonly file: string;
}

/**
 * Each secret comes from the environment, else from the data folder; else it is generated and stored there, readable
 * only by its owner. In production the settings require all of them, so none is generated.
 */
export function loadCredentials({ dataDir, env }: { dataDir: string; env: Environment }): LoadedCredentials {
  const file = join(dataDir, 'credentials.json');
  const stored = readStored(file);
  const secrets = { ...stored };
  const generated: SecretName[] = [];
  for (const name of Object.keys(generators) as SecretName[]) {
    const given = env[name.toUpperCase()];
    if (given !== undefined && given !== '') secrets[name] = given;
    else if (secrets[name] === undefined) {
      secrets[name] = generators[name]();
      stored[name] = secrets[name];
      generated.push(name);
    }
  }
  if (generated.length > 0) store(dataDir, file, stored);
  return { ...(secrets as Required<Secrets>), admin_username: env['ADMIN_USERNAME'] || 'admin.user', generated, file };
}

type SecretName = 'caller_secret' | 'journal_key' | 'admin_password' | 'consumer_key' | 'consumer_secret';
type Secrets = Partial<Record<SecretName, string>>;

const generators: { readonly [K in keyof Secrets]-?: () => string } = {
  caller_secret: () => randomBytes(32).toString('hex'),
  journal_key: () => randomBytes(32).toString('hex'),
  admin_password: () => randomBytes(18).toString('base64url'),
  consumer_key: lettersAndDigits,
  consumer_secret: lettersAndDigits,
};

function lettersAndDigits(): string {
  return Array.from({ length: 40 }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'[randomInt(36)]).join('');
}

function readStored(file: string): Secrets {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function store(dataDir: string, file: string, secrets: Secrets): void {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  // The mode above has no effect on a file that already exists.
  chmodSync(file, 0o600);
}
