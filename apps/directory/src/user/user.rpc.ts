import { type BoundService, bind } from '@platform/grpc';
import { UserServiceDefinition } from '@platform/messages';
import type { Parts } from '../parts.js';
import { userCommands } from './user-commands.rpc.js';
import { userLocks } from './user-locks.rpc.js';
import { userQueries } from './user-queries.rpc.js';

/** Users of the platform. Local users log in with a password. */
export function createUserService(parts: Parts): BoundService {
  return bind(UserServiceDefinition, { ...userCommands(parts), ...userQueries(parts), ...userLocks(parts) });
}
