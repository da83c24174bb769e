import type { Page } from '@platform/input';
import type { Statement } from '@platform/persistence';
import { agentColumns } from './agent.shape.js';

type Direction = Page['direction'];

const columns = agentColumns.join(', ');

/** A bank's ($1) agent ($2). */
export const agentById: Statement = {
  name: 'agent_by_id',
  text: `select ${columns} from agent where bank_id = $1 and agent_id = $2 and is_complete`,
};

/** The agent ($1) at any bank: ids are generated, so no two banks have the same. */
export const agentAtAnyBank: Statement = {
  name: 'agent_at_any_bank',
  text: `select ${columns} from agent where agent_id = $1 and is_complete limit 1`,
};

/** A bank's ($1) confirmed agents after the id $2: $3 rows, after skipping $4. */
export function confirmedAgents(direction: Direction): Statement {
  return {
    name: `confirmed_agents_${direction}`,
    text: `
      select agent_id, legal_name, agent_number
      from agent
      where bank_id = $1 and is_confirmed and is_complete and agent_id ${after(direction)} $2::text
      order by agent_id ${direction}
      limit $3::int offset $4::int`,
  };
}

/** The id at position $2 of a bank's ($1) confirmed agents, found in the index alone. */
export function confirmedAgentAt(direction: Direction): Statement {
  return {
    name: `confirmed_agent_at_${direction}`,
    text: `
      select agent_id
      from agent
      where bank_id = $1 and is_confirmed and is_complete
      order by agent_id ${direction}
      limit 1 offset $2::int`,
  };
}

function after(direction: Direction): string {
  return direction === 'asc' ? '>' : '<';
}
