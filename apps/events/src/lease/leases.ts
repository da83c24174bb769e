import { randomUUID } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import { autocommit } from '@platform/persistence';
import { endLease, prolongLeases, takeLease } from './lease.sql.js';

/** Work that one replica does at a time. Another one takes over when its lease has ended. */
export interface Leases {
  /** Takes the lease if it is free. @returns whether this process has it */
  take(name: string): Promise<boolean>;
  /** Whether this process still has it. It may still do what it has begun, but must not begin anything if not. */
  has(name: string): boolean;
  end(name: string): Promise<void>;
  /** Ends all leases. */
  close(): Promise<void>;
}

/** @param ttl_ms how long a lease lasts if its process dies; it is prolonged three times as often */
export function createLeases(orm: MikroORM, ttl_ms: number): Leases {
  const holder = randomUUID();
  /** When each lease ends, by this process's own clock. */
  const ends = new Map<string, number>();
  const prolong = async (): Promise<void> => {
    if (ends.size === 0) return;
    const end = performance.now() + ttl_ms;
    const held = new Set(await autocommit(orm, {}, (em) => prolongLeases(em, holder, ttl_ms)));
    for (const name of ends.keys()) {
      if (held.has(name)) ends.set(name, end);
      else ends.delete(name);
    }
  };
  let prolonging: Promise<unknown> = Promise.resolve();
  // If the database does not answer, the leases end.
  const timer = setInterval(() => {
    prolonging = prolong().catch(() => undefined);
  }, ttl_ms / 3);
  const leases: Leases = {
    async take(name) {
      const end = performance.now() + ttl_ms;
      if (await autocommit(orm, {}, (em) => takeLease(em, name, holder, ttl_ms))) ends.set(name, end);
      return leases.has(name);
    },
    has: (name) => (ends.get(name) ?? 0) > performance.now(),
    async end(name) {
      ends.delete(name);
      await autocommit(orm, {}, (em) => endLease(em, name, holder));
    },
    async close() {
      clearInterval(timer);
      await prolonging;
      // A lease that cannot be ended now ends by itself.
      for (const name of [...ends.keys()]) await leases.end(name).catch(() => undefined);
    },
  };
  return leases;
}
