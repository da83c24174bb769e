import { type BoundService, bind } from '@platform/grpc';
import { ConsumerServiceDefinition } from '@platform/messages';
import type { Parts } from '../parts.js';
import { consumerCommands } from './consumer-commands.rpc.js';
import { consumerQueries } from './consumer-queries.rpc.js';

/** Applications, through which users log in. */
export function createConsumerService(parts: Parts): BoundService {
  return bind(ConsumerServiceDefinition, { ...consumerQueries(parts.reader), ...consumerCommands(parts) });
}
