import type { MikroORM } from '@mikro-orm/postgresql';
import type { Reader } from '@platform/persistence';
import type { Clock } from '@platform/runtime';
import type { DirectoryConfig } from './config.js';
import type { Passwords } from './identity/passwords.js';

/** What the rpcs of the directory are made of. */
export interface Parts {
  readonly config: DirectoryConfig;
  readonly orm: MikroORM;
  readonly reader: Reader;
  readonly passwords: Passwords;
  readonly clock: Clock;
}
