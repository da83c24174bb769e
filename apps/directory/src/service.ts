import type { Clock } from '@platform/runtime';
import { createService, type RunningService } from '@platform/service';
import { createAccountService } from './account/account.rpc.js';
import { createBankService } from './bank/bank.rpc.js';
import type { DirectoryConfig } from './config.js';
import { database } from './database.js';
import { createEntitlementService } from './entitlement/entitlement.rpc.js';
import { ensureFirstLogin } from './first-login.js';
import { createIdentityService } from './identity/identity.rpc.js';
import { createPasswords, type Hasher } from './identity/passwords.js';
import type { Parts } from './parts.js';
import { createUserService } from './user/user.rpc.js';
import { createUserAttributeService } from './user-attribute/user-attribute.rpc.js';

const factories = [createIdentityService, createUserService, createUserAttributeService, createEntitlementService, createBankService, createAccountService];

/**
 * Starts the directory: users, applications, tokens, entitlements, banks and accounts.
 * @param injected what a test replaces
 */
export function createDirectoryService(config: DirectoryConfig, injected: { clock?: Clock; hasher?: Hasher } = {}): Promise<RunningService> {
  return createService(
    {
      ...database,
      name: 'directory',
      async services({ orm, reader, clock }) {
        const parts: Parts = { config, clock, orm, reader, passwords: await createPasswords(injected.hasher) };
        await ensureFirstLogin(parts);
        return factories.map((create) => create(parts));
      },
    },
    config,
    injected.clock,
  );
}
