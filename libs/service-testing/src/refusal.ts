import { setTimeout as sleep } from 'node:timers/promises';
import { ObpFailure } from '@platform/failure';

/** What a call is refused with: the text a client sees. @throws what is no such failure, or when the call was not refused */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ObpFailure) return error.message;
    throw error;
  }
  throw new Error('the call was not refused');
}

/** Asks again and again until it is so. @throws after `within_ms` */
export async function eventually(check: () => Promise<boolean> | boolean, within_ms: number): Promise<void> {
  for (const end = Date.now() + within_ms; !(await check()); ) {
    if (Date.now() > end) throw new Error(`not within ${within_ms} ms`);
    await sleep(50);
  }
}
