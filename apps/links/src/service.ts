import { createCustomers, customerPresence } from '@platform/customer-presence';
import { bind } from '@platform/grpc';
import {
  CustomerAccountLinkServiceDefinition,
  LinkJournalServiceDefinition,
  LinkLookupServiceDefinition,
  UserCustomerLinkServiceDefinition,
} from '@platform/messages';
import { createJournaledService, type RunningService } from '@platform/service';
import type { LinksConfig } from './config.js';
import { customerAccountLinkCommands } from './customer-account-link/customer-account-link-commands.rpc.js';
import { customerAccountLinkQueries } from './customer-account-link/customer-account-link-queries.rpc.js';
import { database } from './gen/database.js';
import { createDirectory } from './directory.js';
import { linkCommands } from './link-lookup/link-commands.rpc.js';
import { linkJournal } from './link-lookup/link-past.rpc.js';
import { linkQueries } from './link-lookup/link-queries.rpc.js';
import type { Parts } from './parts.js';
import { userCustomerLinkCommands } from './user-customer-link/user-customer-link-commands.rpc.js';
import { userCustomerLinkQueries } from './user-customer-link/user-customer-link-queries.rpc.js';

/** Starts the links service. */
export function createLinksService(config: LinksConfig): Promise<RunningService> {
  return createJournaledService(
    {
      ...database,
      name: 'links',
      parent: customerPresence,
      inserts: true,
      services: ({ clock, peer }) => {
        const customers = createCustomers(peer('customers', config.customers_address));
        const directory = createDirectory(peer('directory', config.directory_address));
        return ({ orm, reader, journal }) => {
          const parts: Parts = { orm, reader, journal, clock, customers, directory };
          return [
            bind(UserCustomerLinkServiceDefinition, {
              ...userCustomerLinkCommands(parts),
              ...userCustomerLinkQueries(parts),
            }),
            bind(CustomerAccountLinkServiceDefinition, {
              ...customerAccountLinkCommands(parts),
              ...customerAccountLinkQueries(parts),
            }),
            bind(LinkLookupServiceDefinition, { ...linkQueries(reader), ...linkCommands(parts) }),
            bind(LinkJournalServiceDefinition, linkJournal(journal)),
          ];
        };
      },
    },
    config,
  );
}
