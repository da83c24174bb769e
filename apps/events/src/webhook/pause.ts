/** An event that was not accepted for so long becomes a dead letter. */
export const patience_ms = 24 * 3_600_000;

const first_ms = 1_000;
const longest_ms = 3_600_000;

/**
 * How long to wait before the next attempt: a second, and twice as long each time, up to an hour.
 * @param attempts how many failed, from 1
 * @param random 0 to 1: pauses differ by up to a tenth, so that receivers do not get everything at once
 */
export function pauseAfter(attempts: number, random = Math.random()): number {
  return Math.min(first_ms * 2 ** (attempts - 1), longest_ms) * (0.9 + 0.2 * random);
}
