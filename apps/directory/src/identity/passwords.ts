import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** The algorithm that hashes passwords. */
export interface Hasher {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

/** Argon2id with 19 MiB, two passes, one lane; runs on the thread pool. */
const argon2id: Hasher = {
  // 2 is argon2id: the package's const enum is not available when files are compiled separately.
  hash: (password) => hash(password, { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }),
  verify: (hashed, password) => verify(hashed, password),
};

export interface Passwords {
  /** @throws ObpFailure OBP-10018 when too many are already waiting */
  hash(password: string): Promise<string>;
  /**
   * Takes the same time with and without a hash, so that the time does not reveal which users exist; false without one.
   * @throws ObpFailure OBP-10018 when too many are already waiting
   */
  verify(hashed: string | undefined, password: string): Promise<boolean>;
}

export interface PasswordLimits {
  /** The most hashes at once, of both kinds. */
  readonly running: number;
  /** The most waiting for each kind. */
  readonly waiting: number;
}

/**
 * The limits for a machine with this many cores: one core stays free for other requests, and so does one of Node's four
 * pool threads. Waiting takes at most a second or two.
 */
export function limitsFor(cores: number): PasswordLimits {
  const running = Math.max(1, Math.min(3, cores - 1));
  return { running, waiting: 32 * running };
}

/** Hashes passwords, few at a time: each one takes 30 ms of a core, and 19 MiB. */
export async function createPasswords(
  hasher: Hasher = argon2id,
  limits: PasswordLimits = limitsFor(availableParallelism()),
): Promise<Passwords> {
  const queue = createTurns(limits);
  // Separate queues: requests that create users must not delay logins.
  const [hashing, verifying] = [queue(), queue()];
  const dummyHash = await hasher.hash(randomBytes(24).toString('base64url'));
  return {
    hash: (password) => hashing(() => hasher.hash(password)),
    verify: (hashed, password) =>
      verifying(async () => (await hasher.verify(hashed ?? dummyHash, password)) && hashed !== undefined),
  };
}

type Queue = <T>(work: () => Promise<T>) => Promise<T>;

/** Creates queues that take turns; each queue is first in, first out. */
function createTurns(limits: PasswordLimits): () => Queue {
  const queues: (() => void)[][] = [];
  let running = 0;
  const takeNext = (): (() => void) | undefined => {
    const waiting = queues.find(({ length }) => length > 0);
    if (waiting === undefined) return undefined;
    // The queue that was served moves to the end.
    queues.push(...queues.splice(queues.indexOf(waiting), 1));
    return waiting.shift();
  };
  return () => {
    const waiting: (() => void)[] = [];
    queues.push(waiting);
    return async (work) => {
      if (running < limits.running) running += 1;
      else if (waiting.length < limits.waiting) await new Promise<void>((resolve) => waiting.push(resolve));
      else fail(Failure.FAILURE_TOO_BUSY);
      try {
        return await work();
      } finally {
        const next = takeNext();
        if (next === undefined) running -= 1;
        else next();
      }
    };
  };
}
