import { callerKey, createAuthorizer } from '@platform/entitlements';
import { createGrpcServer } from '@platform/grpc';
import { type Clock, createLogger, systemClock } from '@platform/runtime';
import { createBankService } from './bank/bank.rpc.js';
import type { DirectoryConfig } from './config.js';
import { openDatabase } from './database.js';
import { createEntitlementService } from './entitlement/entitlement.rpc.js';
import { ensureFirstLogin } from './first-login.js';
import { createIdentityService } from './identity/identity.rpc.js';
import { createPasswords, type Hasher } from './identity/passwords.js';
import type { Parts } from './parts.js';
import { createUserService } from './user/user.rpc.js';

export interface DirectoryService {
  /** The port it listens on. */
  readonly port: number;
  /** Refuses new calls, finishes the running ones, closes the database. */
  close(): Promise<void>;
}

/**
 * Starts the directory: users, applications, tokens, entitlements and banks.
 * @param injected what a test replaces
 */
export async function createDirectoryService(config: DirectoryConfig, injected: { clock?: Clock; hasher?: Hasher } = {}): Promise<DirectoryService> {
  const clock = injected.clock ?? systemClock;
  const log = createLogger('directory', config.log_level);
  const database = await openDatabase(config.database_url, config.database_pool);
  try {
    const parts: Parts = { config, clock, orm: database.orm, reader: database.reader, passwords: await createPasswords(injected.hasher) };
    await ensureFirstLogin(parts);
    const server = await createGrpcServer({
      host: config.host,
      port: config.port,
      services: [createIdentityService, createUserService, createEntitlementService, createBankService].map((create) => create(parts)),
      authorize: createAuthorizer({ secret: config.caller_secret, clock }),
      callerKey,
      log,
    });
    log.info({ port: server.port }, 'listening');
    return {
      port: server.port,
      async close() {
        await server.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
