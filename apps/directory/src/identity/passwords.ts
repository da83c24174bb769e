import { randomBytes } from 'node:crypto';
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

/** Hashes passwords, few at a time: each costs a core's 30 ms and 19 MiB. */
export async function createPasswords(hasher: Hasher = argon2id, limits = { running: 2, waiting: 64 }): Promise<Passwords> {
  // Apart: whoever makes users does not keep others from logging in.
  const [hashing, verifying] = [createTurns(limits), createTurns(limits)];
  const nobody = await hasher.hash(randomBytes(24).toString('base64url'));
  return {
    hash: (password) => hashing(() => hasher.hash(password)),
    verify: (hashed, password) => verifying(async () => (await hasher.verify(hashed ?? nobody, password)) && hashed !== undefined),
  };
}

function createTurns(limits: { running: number; waiting: number }): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < limits.running) running += 1;
    else if (waiting.length < limits.waiting) await new Promise<void>((resolve) => waiting.push(resolve));
    else fail(Failure.FAILURE_TOO_BUSY);
    try {
      return await work();
    } finally {
      // The turn goes to the next one in line, so nobody overtakes.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
