import { bind } from '@platform/grpc';
import {
  AddressServiceDefinition,
  CrmEventServiceDefinition,
  CustomerJournalServiceDefinition,
  CustomerServiceDefinition,
  SocialMediaServiceDefinition,
  TaxResidenceServiceDefinition,
} from '@platform/messages';
import { createOutbox } from '@platform/outbox';
import { createJournaledService, type RunningService } from '@platform/service';
import { customerAddresses } from './address/address.rpc.js';
import type { CustomersConfig } from './config.js';
import { crmEvents } from './crm-event/crm-event.rpc.js';
import { customerCascade, customerDeletion } from './customer/customer-cascade.rpc.js';
import { customerCommands } from './customer/customer-commands.rpc.js';
import { createListParts } from './customer/customer-list-parts.js';
import { customerJournal } from './customer/customer-past.rpc.js';
import { customerOfRecord } from './customer/customer-records.sql.js';
import { customerQueries } from './customer/customer-queries.rpc.js';
import { database as schema } from './gen/database.js';
import { customerSocialMedia } from './social-media/social-media-handle.rpc.js';
import { customerTaxResidences } from './tax-residence/tax-residence.rpc.js';

/** Starts the customers service. */
export function createCustomersService(config: CustomersConfig): Promise<RunningService> {
  return createJournaledService(
    {
      ...schema,
      name: 'customers',
      parent: customerOfRecord(),
      inserts: true,
      services: (parts) => {
        const outbox = parts.closing(
          createOutbox({ ...parts, handlers: { 'customer-deletion': customerDeletion(parts, config) } }),
        );
        parts.closing(createListParts(parts));
        return (database) => {
          const own = { ...parts, ...database };
          return [
            bind(CustomerServiceDefinition, {
              ...customerCommands(own),
              ...customerQueries(own.reader),
              ...customerCascade(own, outbox),
            }),
            bind(CustomerJournalServiceDefinition, customerJournal(own.journal)),
            bind(AddressServiceDefinition, customerAddresses(own)),
            bind(TaxResidenceServiceDefinition, customerTaxResidences(own)),
            bind(SocialMediaServiceDefinition, customerSocialMedia(own)),
            bind(CrmEventServiceDefinition, crmEvents(own)),
          ];
        };
      },
    },
    config,
  );
}
