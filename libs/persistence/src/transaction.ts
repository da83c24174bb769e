import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { fail, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { constraintOf } from './constraint.js';
import { codeOf } from './database.js';
import { isUnavailable } from './unavailable.js';

const attempts = 5;
const serializationFailure = '40001';
/** The SQLSTATE of a transaction that ended a deadlock. */
export const deadlock = '40P01';
const uniqueViolation = '23505';
const foreignKeyViolation = '23503';
/** The SQLSTATE of a statement that the statement timeout ended. */
export const queryCanceled = '57014';
/** The SQLSTATE of a wait that the lock timeout ended. */
export const lockNotAvailable = '55P03';

/** Throws the failure that a violated unique constraint or foreign key means. By the constraint's name. */
export type ConstraintFailures = Readonly<Record<string, () => never>>;

/**
 * Runs a command with a new EntityManager in one transaction, which is flushed at its end. After a serialization
 * failure or a deadlock it runs again; a constraint decides between concurrent commands, and its violation becomes a
 * failure.
 */
export function command<T>(
  orm: MikroORM,
  constraints: ConstraintFailures,
  work: (em: EntityManager) => Promise<T>,
): Promise<T> {
  return repeated(constraints, () => transact(orm.em.fork(), work));
}

/**
 * The same for a command that one statement decides. Each of its statements is its own transaction, so that it takes
 * one round trip instead of three. Nothing is flushed.
 */
export function autocommit<T>(
  orm: MikroORM,
  constraints: ConstraintFailures,
  work: (em: EntityManager) => Promise<T>,
): Promise<T> {
  return repeated(constraints, () => work(orm.em.fork()));
}

async function repeated<T>(constraints: ConstraintFailures, run: () => Promise<T>): Promise<T> {
  try {
    return await settled(run);
  } catch (error) {
    const code = codeOf(error);
    if (code === uniqueViolation || code === foreignKeyViolation) constraints[constraintOf(error as Error) ?? '']?.();
    refuseKnown(error);
    throw error;
  }
}

/**
 * Runs the work again when the database rolled it back because of concurrent transactions: after a serialization
 * failure or a deadlock.
 */
export async function settled<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const code = codeOf(error);
      if ((code !== serializationFailure && code !== deadlock) || attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 5 * (1 + Math.random())));
    }
  }
}

/**
 * Runs the work in a transaction. `em.transactional` keeps the transaction in an AsyncLocalStorage, whose hooks on Node
 * 20 slow down every promise of the process.
 */
export async function transact<T>(em: EntityManager, work: (em: EntityManager) => Promise<T>): Promise<T> {
  await em.begin();
  try {
    const result = await work(em);
    await em.commit();
    return result;
  } catch (error) {
    // The connection itself may have failed.
    await em.rollback().catch(() => undefined);
    throw error;
  }
}

/**
 * Throws the failure for expected database errors: a value that the database cannot hold, a time limit, a full queue,
 * an unavailable database.
 */
export function refuseKnown(error: unknown): void {
  const code = codeOf(error);
  if (code === queryCanceled || code === lockNotAvailable) fail(Failure.FAILURE_REQUEST_TIMEOUT);
  if (code !== undefined && /^(22|54)/.test(code))
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ' A value cannot be stored.');
  if (isQueueTimeout(error)) fail(Failure.FAILURE_TOO_BUSY);
  if (isUnavailable(error)) fail(Failure.FAILURE_REQUEST_TIMEOUT);
}

/**
 * Whether a refused use of the database may succeed soon: after a time limit, a full queue or an unavailable database.
 */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof ObpFailure &&
    (error.failure === Failure.FAILURE_REQUEST_TIMEOUT || error.failure === Failure.FAILURE_TOO_BUSY)
  );
}

/**
 * Whether no connection became free in time. Recognised by the message, because the ORM wraps some of these errors
 * under another name.
 */
function isQueueTimeout(error: unknown): boolean {
  return (
    error instanceof Error &&
    /Timeout acquiring a connection|^timeout exceeded when trying to connect$/.test(error.message)
  );
}
