/** Milliseconds since 1970. Injected where a test must move time. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** A time as in the wire format and in columns, cut to the second: "2013-01-21T23:08:00Z". */
export function wireTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** The day of a date, "1990-05-15"; an unknown one is "". */
export function dayOf(date: string | null | undefined): string {
  return date?.slice(0, 10) ?? '';
}
