import type { AgentV510 } from '@platform/messages';
import type { Agent } from './agent.entity.js';

/** The columns of the published shape, and the account. */
export const agentColumns = [
  'bank_id',
  'agent_id',
  'agent_number',
  'legal_name',
  'mobile_phone_number',
  'currency',
  'account_id',
  'is_confirmed',
  'is_pending',
  'version',
] as const satisfies readonly (keyof Agent)[];

/** A stored agent: the columns that queries select and entities have. */
export type AgentRow = Readonly<Pick<Agent, (typeof agentColumns)[number]>>;

/** The published shape. */
export function agentV510(row: AgentRow): AgentV510 {
  return {
    agent_id: row.agent_id,
    bank_id: row.bank_id,
    legal_name: row.legal_name,
    mobile_phone_number: row.mobile_phone_number,
    agent_number: row.agent_number,
    currency: row.currency,
    is_confirmed_agent: row.is_confirmed,
    is_pending_agent: row.is_pending,
    version: row.version,
  };
}
