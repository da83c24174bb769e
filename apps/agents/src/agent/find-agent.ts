import type { Reader } from '@platform/persistence';
import { agentUnknown } from './agent-rules.js';
import { agentAtAnyBank, agentById } from './agent.sql.js';
import type { AgentRow } from './agent.shape.js';

/**
 * @param bank_id undefined: at any bank
 * @throws ObpFailure OBP-30201 unless the agent exists
 */
export async function findAgent(reader: Reader, agent_id: string, bank_id: string | undefined): Promise<AgentRow> {
  const query =
    bank_id === undefined ? { ...agentAtAnyBank, values: [agent_id] } : { ...agentById, values: [bank_id, agent_id] };
  const [agent] = await reader.rows<AgentRow>(query);
  return agent ?? agentUnknown(agent_id);
}
