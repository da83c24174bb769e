import { type BoundService, bind } from '@platform/grpc';
import { UserAttributeServiceDefinition } from '@platform/messages';
import type { Parts } from '../parts.js';
import { userAttributeCommands } from './user-attribute-commands.rpc.js';
import { userAttributeQueries } from './user-attribute-queries.rpc.js';

/** Attributes of users, and users with their attributes. */
export function createUserAttributeService(parts: Parts): BoundService {
  return bind(UserAttributeServiceDefinition, {
    ...userAttributeCommands(parts),
    ...userAttributeQueries(parts.reader),
  });
}
