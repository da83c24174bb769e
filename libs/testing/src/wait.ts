import { availableParallelism, loadavg } from 'node:os';

/** A time limit for an idle machine, extended when other processes keep the machine busy. */
export function patient(limit_ms: number): number {
  const [load = 0] = loadavg();
  return Math.round(limit_ms * Math.min(8, Math.max(1, load / availableParallelism())));
}

/** Waits for a promise for a limited time. @throws after `idle_ms`, later on a busy machine */
export async function within<T>(idle_ms: number, what: string, promise: Promise<T>): Promise<T> {
  const limit_ms = patient(idle_ms);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${limit_ms} ms in vain for ${what}`)), limit_ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until the answer is wanted. @returns how long it took, in milliseconds */
export async function eventually(
  idle_ms: number,
  what: string,
  ask: () => boolean | Promise<boolean>,
): Promise<number> {
  const limit_ms = patient(idle_ms);
  const since = Date.now();
  while (!(await ask())) {
    if (Date.now() - since > limit_ms) throw new Error(`waited ${limit_ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return Date.now() - since;
}
