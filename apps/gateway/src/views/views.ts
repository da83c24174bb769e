import type { Endpoint } from '@platform/endpoints';
import { bind, type BoundService } from '@platform/grpc';
import {
  AccessServiceDefinition,
  CorrelatedEntityServiceDefinition,
  CustomerEventServiceDefinition,
  CustomerDeletionServiceDefinition,
  CustomerHistoryServiceDefinition,
  CustomerViewServiceDefinition,
} from '@platform/messages';
import type { Backend } from '../calls/backend.js';
import type { GatewayConfig } from '../config.js';
import { accessExplanations } from './access.rpc.js';
import { correlatedEntities } from './correlated-entity.rpc.js';
import { customerEvents } from './customer-events.rpc.js';
import { customerLookups } from './customer.rpc.js';
import { customerDeletionPreview } from './customer-deletion.rpc.js';
import { customerHistory } from './customer-history.rpc.js';
import { customerOverviews } from './customer-overview.rpc.js';
import { firehose } from './firehose.rpc.js';
import { createLinkedCustomers } from './linked-customers.js';
import { createAccountLookup } from './lookup/account-lookup.js';
import { createAttributeLookup } from './lookup/attribute-lookup.js';
import { createCustomerLookup } from './lookup/customer-lookup.js';
import { createUserLookup } from './lookup/user-lookup.js';
import { myCustomers } from './my-customers.rpc.js';
import { createInstanceView, type WellKnown } from './instance.rpc.js';
import { createRootView } from './root.rpc.js';
import type { Watching } from './watching.js';

/** The services implemented in this process: reads composed from several services. */
export function createViews(
  backend: Backend,
  config: GatewayConfig,
  wellKnown: WellKnown,
  documentation: BoundService,
  watching: Watching,
  endpoints: readonly Endpoint[],
): BoundService[] {
  const customers = createCustomerLookup(backend);
  const attributes = createAttributeLookup(backend);
  const linked = createLinkedCustomers(backend);
  return [
    bind(CustomerViewServiceDefinition, {
      ...customerLookups(customers, attributes),
      ...customerOverviews(customers, attributes, createAccountLookup(backend)),
      ...myCustomers(linked, customers, attributes),
      ...firehose(backend),
    }),
    bind(CustomerHistoryServiceDefinition, customerHistory(backend)),
    bind(CorrelatedEntityServiceDefinition, correlatedEntities(linked, customers, createUserLookup(backend))),
    bind(CustomerEventServiceDefinition, customerEvents(backend, watching)),
    bind(CustomerDeletionServiceDefinition, customerDeletionPreview(backend, customers)),
    bind(AccessServiceDefinition, accessExplanations(backend, config, endpoints)),
    createRootView(config),
    createInstanceView(backend, config, wellKnown),
    documentation,
  ];
}
