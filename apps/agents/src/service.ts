import { bind } from '@platform/grpc';
import { AgentServiceDefinition } from '@platform/messages';
import { createOutbox } from '@platform/outbox';
import { createService, type RunningService } from '@platform/service';
import { createAgentAccounts } from './agent/agent-account.js';
import { agentCompletion, agentCreation } from './agent/agent-creation.rpc.js';
import { agentQueries } from './agent/agent-queries.rpc.js';
import { agentStatus } from './agent/agent-status.rpc.js';
import type { AgentsConfig } from './config.js';
import { database } from './gen/database.js';

/** Starts the agents service. */
export function createAgentsService(config: AgentsConfig): Promise<RunningService> {
  return createService(
    {
      ...database,
      name: 'agents',
      services: (parts) => {
        const accounts = createAgentAccounts(
          parts.peer('directory', config.directory_address),
          parts.peer('links', config.links_address),
        );
        const outbox = parts.closing(
          createOutbox({ ...parts, handlers: { 'agent-creation': agentCompletion(parts, accounts) } }),
        );
        return ({ orm, reader }) => [
          bind(AgentServiceDefinition, {
            ...agentCreation({ orm, clock: parts.clock }, outbox),
            ...agentStatus({ orm, reader }, accounts),
            ...agentQueries(reader, accounts),
          }),
        ];
      },
    },
    config,
  );
}
