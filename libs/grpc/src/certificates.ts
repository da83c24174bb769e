import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Logger } from '@platform/runtime';

/** Paths of PEM files. */
export interface CertificateFiles {
  /** The certificate, followed by the intermediate certificates up to the authority. */
  readonly cert: string;
  readonly key: string;
  /** The certificates of the accepted authorities. */
  readonly ca?: string;
}

export interface Certificates {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
}

export interface WatchedCertificates {
  readonly current: () => Certificates;
  /** Calls `changed` for new certificates until it is stopped. */
  watch(changed: (certificates: Certificates) => void): { stop(): void };
}

const refresh_ms = 10_000;

/**
 * Certificates that are read again when their files change, without a restart. When files do not fit together, as in
 * the middle of a change, the last good certificates stay in use until the next check.
 * @throws Error naming the file that cannot be read, or the reason why they do not fit
 */
export function openCertificates(
  files: CertificateFiles,
  log: Pick<Logger, 'info' | 'warn'>,
  every_ms = refresh_ms,
): WatchedCertificates {
  let current = read(files);
  check(current, files);
  const listeners = new Set<(certificates: Certificates) => void>();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    try {
      const found = read(files);
      if (isSame(found, current)) return;
      check(found, files);
      current = found;
      log.info({ cert: files.cert }, 'certificates were read again');
      for (const listener of listeners) listener(current);
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'certificates cannot be read again, those from before stay');
    }
  };
  return {
    current: () => current,
    watch(changed) {
      listeners.add(changed);
      timer ??= setInterval(look, every_ms).unref();
      return {
        stop() {
          listeners.delete(changed);
          if (listeners.size > 0) return;
          clearInterval(timer);
          timer = undefined;
        },
      };
    },
  };
}

function read({ cert, key, ca }: CertificateFiles): Certificates {
  return { cert: readFile(cert), key: readFile(key), ...(ca === undefined ? {} : { ca: readFile(ca) }) };
}

function check(certificates: Certificates, { cert, key, ca }: CertificateFiles): void {
  try {
    createSecureContext(certificates);
  } catch (error) {
    throw new Error(
      `the certificate ${cert}, its key ${key}${ca === undefined ? '' : ` and the authorities ${ca}`} do not fit together: ${(error as Error).message}`,
    );
  }
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(
      `the certificate file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  }
}

function isSame(one: Certificates, other: Certificates): boolean {
  return (
    one.cert.equals(other.cert) &&
    one.key.equals(other.key) &&
    (one.ca ?? Buffer.alloc(0)).equals(other.ca ?? Buffer.alloc(0))
  );
}
