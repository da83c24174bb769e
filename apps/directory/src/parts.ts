import type { MikroORM } from '@mikro-orm/postgresql';
import type { Outbox } from '@platform/outbox';
import type { Reader } from '@platform/persistence';
import type { Clock } from '@platform/runtime';
import type { Audit } from './audit/audit.js';
import type { DirectoryConfig } from './config.js';
import type { Passwords } from './identity/passwords.js';
import type { TokenUse } from './token/token-use.js';

/** The dependencies of the directory's rpcs. */
export interface Parts {
  readonly config: DirectoryConfig;
  readonly orm: MikroORM;
  readonly reader: Reader;
  readonly passwords: Passwords;
  readonly audit: Audit;
  readonly tokenUse: TokenUse;
  readonly outbox: Outbox<'crm-events'>;
  readonly clock: Clock;
}
