import { createCustomers } from '@platform/customer-presence';
import { bind } from '@platform/grpc';
import {
  AttributeDefinitionServiceDefinition,
  CustomerAttributeLookupServiceDefinition,
  CustomerAttributeServiceDefinition,
} from '@platform/messages';
import { createService, type RunningService } from '@platform/service';
import { attributeDefinitions } from './attribute-definition/attribute-definition.rpc.js';
import type { AttributesConfig } from './config.js';
import { customerAttributeCommands } from './customer-attribute/customer-attribute-commands.rpc.js';
import { customerAttributeLookup } from './customer-attribute/customer-attribute-lookup.rpc.js';
import { customerAttributeQueries } from './customer-attribute/customer-attribute-queries.rpc.js';
import { database } from './gen/database.js';

/** Starts the attributes service. */
export function createAttributesService(config: AttributesConfig): Promise<RunningService> {
  return createService(
    {
      ...database,
      name: 'attributes',
      inserts: true,
      services: (parts) => {
        const customers = createCustomers(parts.peer('customers', config.customers_address));
        return ({ orm, reader, writer }) => [
          bind(CustomerAttributeServiceDefinition, {
            ...customerAttributeCommands({ orm, reader, writer }, customers),
            ...customerAttributeQueries(reader, customers),
          }),
          bind(AttributeDefinitionServiceDefinition, attributeDefinitions(parts)),
          bind(CustomerAttributeLookupServiceDefinition, customerAttributeLookup(orm, reader)),
        ];
      },
    },
    config,
  );
}
