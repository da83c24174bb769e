import type { EntityManager } from '@mikro-orm/postgresql';
import { invalidBody } from '@platform/failure';
import { checkText } from '@platform/input';
import { takeLock } from './restriction.sql.js';

/**
 * The most restrictions of one kind. All of both kinds are sent to each gateway in one message once a second, and a
 * gRPC client accepts 4 MB.
 */
export const maxRestrictions = 1_000;

const longestOperationId = 255;
const lock = 'obp restrictions';

/** Makes changes of restrictions wait for each other, so that their number can be checked. */
export async function lockRestrictions(em: EntityManager): Promise<void> {
  await em.execute(takeLock, [lock]);
}

/** The operation need not exist. @throws ObpFailure OBP-10001 */
export function checkOperationId(operation_id: string): void {
  if (operation_id === '') invalidBody('OPERATION_ID must not be empty.');
  checkText('OPERATION_ID', operation_id, longestOperationId);
}

/** Whether `checkOperationId` could accept the text; if not, no restriction has it. */
export function isOperationId(text: string): boolean {
  return text.length <= 2 * longestOperationId && !text.includes('\0');
}
