import { callerKey, createAuthorizer } from '@platform/entitlements';
import { bind, createGrpcServer } from '@platform/grpc';
import { CustomerServiceDefinition } from '@platform/messages';
import { createLogger, systemClock } from '@platform/runtime';
import type { CustomersConfig } from './config.js';
import { customerCommands } from './customer/customer-commands.rpc.js';
import { customerQueries } from './customer/customer-queries.rpc.js';
import { openDatabase } from './database.js';

/** A running service. `close` lets running calls finish. */
export interface CustomersService {
  /** The gRPC port it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the customers service: its database, then its gRPC server. */
export async function createCustomersService(config: CustomersConfig): Promise<CustomersService> {
  const log = createLogger('customers', config.log_level);
  const database = await openDatabase(config.database_url, config.database_pool);
  try {
    const server = await createGrpcServer({
      host: config.host,
      port: config.port,
      services: [bind(CustomerServiceDefinition, { ...customerCommands(database.orm, systemClock), ...customerQueries(database.reader) })],
      authorize: createAuthorizer({ secret: config.caller_secret, clock: systemClock }),
      callerKey,
      log,
    });
    log.info({ port: server.port }, 'customers service listening');
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
