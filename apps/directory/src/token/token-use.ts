import type { MikroORM } from '@mikro-orm/postgresql';
import { autocommit } from '@platform/persistence';
import { type Clock, type Logger, wireTime } from '@platform/runtime';
import { setLastUse, type TokenTable } from './token.sql.js';

/** A token as read by its look-up. */
export interface UsedToken {
  readonly token_id: string;
  readonly last_used_at: string;
}

/** Records when tokens were last used: to the minute, so that not every use costs a write. */
export interface TokenUse {
  used(table: TokenTable, token: UsedToken): void;
  close(): Promise<void>;
}

export interface TokenUseOptions {
  readonly orm: MikroORM;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long uses are collected before they are written. Milliseconds. */
  readonly gather_ms?: number;
}

const coarse_ms = 60_000;
/** Further uses are recorded at the next look-up of their token. */
const maxTokens = 10_000;

export function createTokenUse({ orm, clock, log, gather_ms = 1_000 }: TokenUseOptions): TokenUse {
  const due: Record<TokenTable, Set<string>> = { token: new Set(), oauth_access_token: new Set() };
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const write = async (table: TokenTable): Promise<void> => {
    const ids = [...due[table]];
    due[table].clear();
    if (ids.length === 0) return;
    const now = clock();
    try {
      await autocommit(orm, {}, (em) =>
        em.execute(setLastUse(table), [wireTime(now), JSON.stringify(ids), wireTime(now - coarse_ms)]),
      );
    } catch (error) {
      // The next use of each token tries again.
      log.warn({ err: error, tokens: ids.length }, 'the last use of tokens was not stored');
    }
  };
  const writeAll = async () => {
    timer = undefined;
    await write('token');
    await write('oauth_access_token');
  };

  return {
    used(table, { token_id, last_used_at }) {
      if (clock() - Date.parse(last_used_at) < coarse_ms || due[table].size >= maxTokens) return;
      due[table].add(token_id);
      timer ??= setTimeout(() => {
        writing = writeAll();
      }, gather_ms);
    },
    async close() {
      clearTimeout(timer);
      await writing;
      await writeAll();
    },
  };
}
