import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Encrypts the webhooks' secrets for the database. */
export interface SecretBox {
  seal(secret: string): string;
  /** @throws Error when it was sealed under another secret of the platform */
  open(sealed: string): string;
  /** Whether it is sealed under the platform's newer secret. */
  isCurrent(sealed: string): boolean;
}

const ivBytes = 12;
const tagBytes = 16;

/** @param platformSecrets the secrets of CALLER_SECRET, of which the first seals and each opens */
export function createSecretBox(platformSecrets: readonly string[]): SecretBox {
  const keys = platformSecrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'webhook secrets', 32)));
  const openWith = (key: Buffer, sealed: string): string | undefined => {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes));
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const opened = decipher.update(bytes.subarray(ivBytes + tagBytes));
    try {
      return Buffer.concat([opened, decipher.final()]).toString();
    } catch {
      return undefined;
    }
  };
  return {
    seal(secret) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', keys[0] as Buffer, iv);
      const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
    },
    open(sealed) {
      for (const key of keys) {
        const opened = openWith(key, sealed);
        if (opened !== undefined) return opened;
      }
      throw new Error('a secret of a webhook was sealed under another CALLER_SECRET: rotate it');
    },
    isCurrent: (sealed) => openWith(keys[0] as Buffer, sealed) !== undefined,
  };
}
