import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The confidential client's secret, generated at the first start and stored beside the platform's own secrets.
 * @returns the secret and the file that contains it, readable only by its owner
 */
export function loadClientSecret(
  dataDir: string,
  client_id: string,
): { readonly client_secret: string; readonly file: string } {
  const file = join(dataDir, 'identity-provider.json');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(
      file,
      `${JSON.stringify({ client_id, client_secret: randomBytes(32).toString('base64url') }, null, 2)}\n`,
      { mode: 0o600 },
    );
  }
  chmodSync(file, 0o600);
  const { client_secret } = JSON.parse(readFileSync(file, 'utf8')) as { client_secret: string };
  return { client_secret, file };
}
