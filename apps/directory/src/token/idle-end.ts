import { wireTime } from '@platform/runtime';
import type { Parts } from '../parts.js';

/** Tokens last used before this moment have expired. */
export function idleSince(
  { token_idle_minutes: minutes }: Pick<Parts['config'], 'token_idle_minutes'>,
  now: number,
): string {
  return wireTime(minutes === 0 ? 0 : now - minutes * 60_000);
}
