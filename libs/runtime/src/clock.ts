/** Milliseconds since 1970. Injected where a test must move time. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
