import { bind } from '@platform/grpc';
import { AgentJournalServiceDefinition, AgentServiceDefinition } from '@platform/messages';
import { createOutbox } from '@platform/outbox';
import { createJournaledService, type RunningService } from '@platform/service';
import { createAgentAccounts } from './agent/agent-account.js';
import { agentCompletion, agentCreation } from './agent/agent-creation.rpc.js';
import { agentJournal } from './agent/agent-journal.rpc.js';
import { agentQueries } from './agent/agent-queries.rpc.js';
import { agentStatus } from './agent/agent-status.rpc.js';
import type { AgentsConfig } from './config.js';
import { database } from './gen/database.js';

/** Starts the agents service. */
export function createAgentsService(config: AgentsConfig): Promise<RunningService> {
  return createJournaledService(
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
        return ({ journal, reader }) => [
          bind(AgentServiceDefinition, {
            ...agentCreation({ journal, clock: parts.clock }, outbox),
            ...agentStatus({ journal, reader }, accounts),
            ...agentQueries(reader, accounts),
          }),
          bind(AgentJournalServiceDefinition, agentJournal(journal)),
        ];
      },
    },
    config,
  );
}
