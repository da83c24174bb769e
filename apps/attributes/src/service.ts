import { createCustomers, customerPresence } from '@platform/customer-presence';
import { bind } from '@platform/grpc';
import {
  AttributeJournalServiceDefinition,
  AttributeDefinitionServiceDefinition,
  CustomerAttributeLookupServiceDefinition,
  CustomerAttributeServiceDefinition,
} from '@platform/messages';
import { createJournaledService, type RunningService } from '@platform/service';
import { attributeDefinitions } from './attribute-definition/attribute-definition.rpc.js';
import type { AttributesConfig } from './config.js';
import { customerAttributeCommands } from './customer-attribute/customer-attribute-commands.rpc.js';
import { customerAttributeLookup } from './customer-attribute/customer-attribute-lookup.rpc.js';
import { attributeJournal } from './customer-attribute/customer-attribute-past.rpc.js';
import { customerAttributeQueries } from './customer-attribute/customer-attribute-queries.rpc.js';
import { database } from './gen/database.js';

/** Starts the attributes service. */
export function createAttributesService(config: AttributesConfig): Promise<RunningService> {
  return createJournaledService(
    {
      ...database,
      name: 'attributes',
      parent: customerPresence,
      inserts: true,
      services: (parts) => {
        const customers = createCustomers(parts.peer('customers', config.customers_address));
        return ({ orm, reader, journal }) => [
          bind(CustomerAttributeServiceDefinition, {
            ...customerAttributeCommands({ journal, reader }, customers),
            ...customerAttributeQueries(reader, customers),
          }),
          bind(AttributeDefinitionServiceDefinition, attributeDefinitions({ journal, reader })),
          bind(AttributeJournalServiceDefinition, attributeJournal(journal)),
          bind(CustomerAttributeLookupServiceDefinition, customerAttributeLookup(orm, reader)),
        ];
      },
    },
    config,
  );
}
