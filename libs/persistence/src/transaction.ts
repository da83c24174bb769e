import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { fail, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { codeOf } from './database.js';
import { isUnavailable } from './unavailable.js';

const attempts = 5;
const serializationFailure = '40001';
const deadlock = '40P01';
const uniqueViolation = '23505';
const foreignKeyViolation = '23503';
/** What the statement timeout ends a statement with. */
export const queryCanceled = '57014';
/** What the lock timeout ends a wait with. */
const lockNotAvailable = '55P03';

/** What a violated unique constraint or foreign key means: throws its failure. By the constraint's name. */
export type ConstraintFailures = Readonly<Record<string, () => never>>;

/**
 * Runs a command: a fresh EntityManager, one transaction, flushed at its end. A serialization failure or a deadlock
 * runs it again; a constraint decides a race and becomes its failure.
 */
export function command<T>(
  orm: MikroORM,
  constraints: ConstraintFailures,
  work: (em: EntityManager) => Promise<T>,
): Promise<T> {
  return repeated(constraints, () => transact(orm.em.fork(), work));
}

/**
 * The same for a command that one statement decides: each of its statements is a transaction of its own, so that it takes
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
    if (code === uniqueViolation || code === foreignKeyViolation)
      constraints[(error as { constraint?: string }).constraint ?? '']?.();
    refuseKnown(error);
    throw error;
  }
}

/** Runs again what the database rolled back for the sake of others: after a serialization failure or a deadlock. */
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
 * Runs the work in a transaction. `em.transactional` does this too, but carries the transaction in an AsyncLocalStorage: on Node 20 its hooks slow every
 * promise of the process.
 */
export async function transact<T>(em: EntityManager, work: (em: EntityManager) => Promise<T>): Promise<T> {
  await em.begin();
  try {
    const result = await work(em);
    await em.commit();
    return result;
  } catch (error) {
    // The connection may be what failed.
    await em.rollback().catch(() => undefined);
    throw error;
  }
}

/**
 * Throws the failure of a database error that is nobody's bug: a value it cannot hold, a limit of time, a full queue, a
 * database that is away.
 */
export function refuseKnown(error: unknown): void {
  const code = codeOf(error);
  if (code === queryCanceled || code === lockNotAvailable) fail(Failure.FAILURE_REQUEST_TIMEOUT);
  if (code !== undefined && /^(22|54)/.test(code))
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ' A value cannot be stored.');
  if (isQueueTimeout(error)) fail(Failure.FAILURE_TOO_BUSY);
  if (isUnavailable(error)) fail(Failure.FAILURE_REQUEST_TIMEOUT);
}

/** Whether a refused use of the database may succeed in a moment: a limit of time, a full queue, a database that is away. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof ObpFailure &&
    (error.failure === Failure.FAILURE_REQUEST_TIMEOUT || error.failure === Failure.FAILURE_TOO_BUSY)
  );
}

/** No connection came free in time. By the words: the ORM wraps some of these errors and then names them otherwise. */
function isQueueTimeout(error: unknown): boolean {
  return (
    error instanceof Error &&
    /Timeout acquiring a connection|^timeout exceeded when trying to connect$/.test(error.message)
  );
}
