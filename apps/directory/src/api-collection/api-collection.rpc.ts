import { type BoundService, bind } from '@platform/grpc';
import { ApiCollectionServiceDefinition } from '@platform/messages';
import type { Parts } from '../parts.js';
import { apiCollectionCommands } from './api-collection-commands.rpc.js';
import { apiCollectionQueries } from './api-collection-queries.rpc.js';

/** Named collections of operations, e.g. a user's favourites. */
export function createApiCollectionService(parts: Parts): BoundService {
  return bind(ApiCollectionServiceDefinition, { ...apiCollectionQueries(parts), ...apiCollectionCommands(parts) });
}
