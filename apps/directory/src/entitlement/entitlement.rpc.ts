import { type BoundService, bind } from '@platform/grpc';
import { EntitlementServiceDefinition } from '@platform/messages';
import type { Parts } from '../parts.js';
import { entitlementCommands } from './entitlement-commands.rpc.js';
import { entitlementQueries } from './entitlement-queries.rpc.js';
import { createUserWithRoles } from './user-with-roles.js';

/** Roles held by users. */
export function createEntitlementService(parts: Parts): BoundService {
  return bind(EntitlementServiceDefinition, {
    ...entitlementCommands(parts),
    ...entitlementQueries(parts),
    createUserWithRoles: (request, call) => createUserWithRoles(parts, request, call),
  });
}
