import { openSync } from 'node:fs';
import type { AuditEvent } from '@platform/messages';
import { ConfigurationError, kinds, type Logger } from '@platform/runtime';
import { pino } from 'pino';

/** The setting of every process that records events. */
export const auditSettings = {
  AUDIT_LOG: {
    schema: kinds.text('off'),
    about:
      'where the process writes its security events as JSON lines, beside the table: a file, stderr, stdout or off',
  },
} as const;

/** Writes events as JSON lines to a separate stream. */
export interface AuditLog {
  write(event: AuditEvent): void;
  close(): Promise<void>;
}

/** Bytes that may wait for a slow disk or reader; lines beyond that are dropped, and the drop is logged. */
const maxBytes = 16 * 1_024 * 1_024;

/**
 * Opens the stream: `off`, `stdout`, `stderr`, or the path of a file, to which lines are added.
 * @throws ConfigurationError when the file cannot be opened
 */
export function openAuditLog(target: string, log: Logger): AuditLog {
  if (target === 'off') return { write: () => undefined, close: async () => undefined };
  const stream = pino.destination({
    fd: target === 'stdout' ? 1 : target === 'stderr' ? 2 : openFile(target),
    sync: false,
    maxLength: maxBytes,
  });
  stream.on('error', (error: Error) => log.error({ err: error }, 'the audit log cannot be written'));
  stream.on('drop', () => log.error('a line was left out of the audit log: it is written too slowly'));
  return {
    write: (event) => void stream.write(`${JSON.stringify(event)}\n`),
    close: () =>
      new Promise((resolve) => {
        stream.once('close', () => resolve()).once('error', () => resolve());
        stream.end();
      }),
  };
}

/** Only the owner may read the file: it shows who does what. */
function openFile(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw new ConfigurationError([
      `AUDIT_LOG: the file cannot be opened (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    ]);
  }
}
