import { metrics } from '@platform/telemetry';
import { type Clock, systemClock } from './clock.js';

export interface Cache<V> {
  /** The value stored under the key within the last `ttl_ms`, else undefined. */
  get(key: string): V | undefined;
  /** `since` is the time for which the value is true: when its look-up began. */
  set(key: string, value: V, since?: number): void;
  delete(key: string): void;
}

/**
 * A bounded cache: at most `limit` entries, each at most `ttl_ms` old; when it is full, the oldest entry is removed.
 */
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

/** Answers that are being looked up, or were looked up recently. */
export interface Lookups<V> {
  /** The known answer, or that of `look`; concurrent callers share one look-up. */
  get(key: string, look: () => Promise<V>): Promise<V>;
  /** Looks up again even if an answer is known; the new answer replaces it. */
  renew(key: string, look: () => Promise<V>): Promise<V>;
}

/**
 * Remembers answers for `ttl_ms` from the time of the look-up. Failures are not remembered, nor answers for which
 * `keep` returns false: the next caller looks up again.
 */
export function createLookups<V>(options: {
  /** As metrics call it. */
  name: string;
  limit: number;
  ttl_ms: number;
  clock?: Clock;
  keep?: (answer: V) => boolean;
}): Lookups<V> {
  const clock = options.clock ?? systemClock;
  const known = createCache<Promise<V>>({ ...options, clock });
  const renew = (key: string, look: () => Promise<V>): Promise<V> => {
    const since = clock();
    const found = look();
    known.set(key, found, since);
    const forget = () => known.get(key) === found && known.delete(key);
    found.then((answer) => (options.keep ?? (() => true))(answer) || forget(), forget);
    return found;
  };
  return {
    get(key, look) {
      const found = known.get(key);
      metrics.cacheRequests.record(1, options.name, found === undefined ? 'miss' : 'hit');
      return found ?? renew(key, look);
    },
    renew,
  };
}
