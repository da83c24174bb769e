import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** How passwords are hashed. */
export interface Hasher {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

/** Argon2id with 19 MiB, two passes, one lane; runs on the thread pool. */
const argon2id: Hasher = {
  // 2 is argon2id; the package's enum is erased when files are compiled one by one.
  hash: (password) => hash(password, { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }),
  verify: (hashed, password) => verify(hashed, password),
};

export interface Passwords {
  /** @throws ObpFailure OBP-10018 when too many wait already */
  hash(password: string): Promise<string>;
  /**
   * Costs the same with and without a hash, so that time does not tell who exists; without one it is false.
   * @throws ObpFailure OBP-10018 when too many wait already
   */
  verify(hashed: string | undefined, password: string): Promise<boolean>;
}

export interface PasswordLimits {
  /** Hashes at once, whatever for. */
  readonly running: number;
  /** Of each kind. */
  readonly waiting: number;
}

/**
 * What a machine of so many cores bears: one core stays for all other requests, and of Node's four pool threads one for its
 * other work. Whoever waits does so for a second or two.
 */
export function limitsFor(cores: number): PasswordLimits {
  const running = Math.max(1, Math.min(3, cores - 1));
  return { running, waiting: 32 * running };
}

/** Hashes passwords, few at a time: each costs a core's 30 ms and 19 MiB. */
export async function createPasswords(
  hasher: Hasher = argon2id,
  limits: PasswordLimits = limitsFor(availableParallelism()),
): Promise<Passwords> {
  const queue = createTurns(limits);
  // Apart: whoever makes users does not keep others from logging in.
  const [hashing, verifying] = [queue(), queue()];
  const dummyHash = await hasher.hash(randomBytes(24).toString('base64url'));
  return {
    hash: (password) => hashing(() => hasher.hash(password)),
    verify: (hashed, password) =>
      verifying(async () => (await hasher.verify(hashed ?? dummyHash, password)) && hashed !== undefined),
  };
}

type Queue = <T>(work: () => Promise<T>) => Promise<T>;

/** Queues that take turns; within one none overtakes. */
function createTurns(limits: PasswordLimits): () => Queue {
  const queues: (() => void)[][] = [];
  let running = 0;
  const takeNext = (): (() => void) | undefined => {
    const waiting = queues.find(({ length }) => length > 0);
    if (waiting === undefined) return undefined;
    // Whose turn it was comes last next time.
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
