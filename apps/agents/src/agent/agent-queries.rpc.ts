import { pageOf } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { AgentServiceDefinition } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import type { AgentAccounts } from './agent-account.js';
import { listConfirmed } from './agent-list.js';
import { agentV510 } from './agent.shape.js';
import { findAgent } from './find-agent.js';

/** The rpcs that read agents: directly from columns to messages. */
export function agentQueries(reader: Reader, accounts: AgentAccounts): Implementation<AgentServiceDefinition> {
  return {
    async getAgent({ bank_id, agent_id }, { correlation_id }) {
      const agent = await findAgent(reader, agent_id, bank_id);
      await accounts.require(agent, correlation_id);
      return agentV510(agent);
    },
    getAgents: (request) =>
      messagesOf(listConfirmed(reader, request.bank_id, pageOf(request)), (agents) => ({ agents })),
  };
}
