import type { Clock } from '@platform/runtime';

/** The present as columns and the wire have it: "2013-01-21T23:08:00Z". */
export function nowText(clock: Clock): string {
  return `${new Date(clock()).toISOString().slice(0, 19)}Z`;
}
