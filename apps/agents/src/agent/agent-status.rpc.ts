import { LockMode } from '@mikro-orm/postgresql';
import { checkVersion } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import { type AgentServiceDefinition, Role } from '@platform/messages';
import type { JournaledParts } from '@platform/service';
import type { AgentAccounts } from './agent-account.js';
import { AgentSchema } from './agent.entity.js';
import { agentUnknown } from './agent-rules.js';
import { agentV510 } from './agent.shape.js';
import { findAgent } from './find-agent.js';

/** The rpc that changes an agent's status. */
export function agentStatus(
  { journal, reader }: Pick<JournaledParts, 'journal' | 'reader'>,
  accounts: AgentAccounts,
): Implementation<AgentServiceDefinition> {
  return {
    async updateAgentStatus({ bank_id, agent_id, body, expected_version }, call) {
      const { caller, correlation_id } = call;
      // Who holds the system role addresses an agent of any bank through any bank.
      const anyBank = caller.roles.includes(Role.ROLE_CAN_UPDATE_AGENT_STATUS_AT_ANY_BANK);
      const found = await findAgent(reader, agent_id, anyBank ? undefined : bank_id);
      await accounts.require(found, correlation_id);
      const changed = await journal.command(call, {}, async (em) => {
        const key = { bank_id: found.bank_id, agent_id };
        const agent = await em.findOne(AgentSchema, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
        if (agent === null) return agentUnknown(agent_id);
        checkVersion({ expected_version }, agent.version);
        agent.changeStatus(body);
        return agent;
      });
      return agentV510(changed);
    },
  };
}
