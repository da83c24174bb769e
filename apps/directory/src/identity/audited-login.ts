import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditedCall } from '@platform/audit';
import { fail, failureCode, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Parts } from '../parts.js';
import { clearBadLogins } from './bad-logins.js';
import type { Recognized } from './check-password.js';

/** The failures of a login that are recorded; others say nothing about the user. */
const told: ReadonlySet<Failure> = new Set([
  Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
  Failure.FAILURE_USER_LOCKED,
  Failure.FAILURE_INVALID_CONSUMER_KEY,
]);

/**
 * A login whose result is recorded in the trail, success or failure. The user name that was typed is never recorded:
 * people type passwords into that field. The lock is checked again inside the transaction, because concurrent wrong
 * attempts may have set it meanwhile.
 * @param letIn what a successful login stores
 */
export async function auditedLogin<T>(
  parts: Parts,
  login: AuditedCall,
  check: () => Promise<Recognized>,
  letIn: (em: EntityManager) => Promise<T>,
): Promise<T> {
  try {
    const { loginName } = await check();
    return await parts.audit.command(login, {}, async (em, note) => {
      if (!(await clearBadLogins(em, loginName))) fail(Failure.FAILURE_USER_LOCKED);
      note({ kind: 'login' });
      return letIn(em);
    });
  } catch (error) {
    if (error instanceof ObpFailure && told.has(error.failure))
      parts.audit.record(login, { kind: 'login', result: failureCode(error.failure) });
    throw error;
  }
}
