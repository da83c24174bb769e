import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditedCall } from '@platform/audit';
import { fail, failureCode, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Parts } from '../parts.js';
import { clearBadLogins } from './bad-logins.js';
import type { Recognized } from './check-password.js';

/** What a login that is refused may be refused for; anything else says nothing of who logs in. */
const told: ReadonlySet<Failure> = new Set([
  Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
  Failure.FAILURE_USER_LOCKED,
  Failure.FAILURE_INVALID_CONSUMER_KEY,
]);

/**
 * A login, told to the trail however it ends. The name that was tried is never told: people type passwords into that field.
 * The lock is looked at once more inside the transaction: parallel wrong tries may have set it meanwhile.
 * @param letIn what a good login stores
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
