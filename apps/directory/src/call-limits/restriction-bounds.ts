import type { EntityManager } from '@mikro-orm/postgresql';
import { checkText, invalidBody } from '@platform/failure';

/**
 * What may be set of one kind of restriction. All of both kinds travel in one message to each gateway once a second, and a
 * gRPC client takes 4 MB.
 */
export const maxRestrictions = 1_000;

const longestOperationId = 255;
const lock = 'obp restrictions';

/** Who sets restrictions does so after the others, so that what there is can be told. */
export async function lockRestrictions(em: EntityManager): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [lock]);
}

/** The operation need not exist. @throws ObpFailure OBP-10001 */
export function checkOperationId(operation_id: string): void {
  if (operation_id === '') invalidBody('OPERATION_ID must not be empty.');
  checkText('OPERATION_ID', operation_id, longestOperationId);
}

/** Whether the text can be what `checkOperationId` takes; for another one there is nothing. */
export function isOperationId(text: string): boolean {
  return text.length <= 2 * longestOperationId && !text.includes('\0');
}
