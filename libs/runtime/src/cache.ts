import { type Clock, systemClock } from './clock.js';

export interface Cache<V> {
  /** The value stored under the key within the last `ttl_ms`, else undefined. */
  get(key: string): V | undefined;
  /** `since` is when the value was true: the time its look-up began. */
  set(key: string, value: V, since?: number): void;
  delete(key: string): void;
}

/** A bounded cache: at most `limit` entries, each at most `ttl_ms` old; the oldest entry goes first. */
export function createCache<V>(options: { limit: number; ttl_ms: number; clock?: Clock }): Cache<V> {
  const clock = options.clock ?? systemClock;
  const entries = new Map<string, { value: V; until: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (clock() < entry.until) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value, since = clock()) {
      entries.delete(key);
      entries.set(key, { value, until: since + options.ttl_ms });
      if (entries.size > options.limit) entries.delete(entries.keys().next().value as string);
    },
    delete: (key) => void entries.delete(key),
  };
}
