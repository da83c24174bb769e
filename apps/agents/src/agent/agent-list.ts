import type { Page } from '@platform/input';
import type { AgentMinimalV510 } from '@platform/messages';
import { pagesOf, type Reader } from '@platform/persistence';
import { confirmedAgentAt, confirmedAgents } from './agent.sql.js';

/** Rows fetched at once, which bounds the memory of a list. Far below 4 MB with every text at its limit. */
const chunkRows = 500;
/** Up to this many rows are read fast enough to share a connection with other short reads. */
const shortRows = 100;

/** An id before all others: ids consist of letters, digits and "-._", and all sort before "~". */
const start = { asc: '', desc: '~' } as const;

/** A page of a bank's confirmed agents in chunks, by id, which is the order of creation. */
export async function* listConfirmed(
  reader: Reader,
  bank_id: string,
  { direction, offset, limit }: Page,
): AsyncGenerator<AgentMinimalV510[]> {
  // A small offset is skipped by the query itself; a large one is skipped in the index alone.
  const skipped = offset <= chunkRows ? offset : 0;
  const first = offset === skipped ? start[direction] : await idAt(reader, bank_id, direction, offset - 1);
  if (first === undefined) return;
  const read = (last: AgentMinimalV510 | undefined, rows: number) => {
    const skip = last === undefined ? skipped : 0;
    const query = { ...confirmedAgents(direction), values: [bank_id, last?.agent_id ?? first, rows, skip] };
    return rows + skip <= shortRows ? reader.rows<AgentMinimalV510>(query) : reader.page<AgentMinimalV510>(query);
  };
  yield* pagesOf(chunkRows, read, { limit });
}

async function idAt(
  reader: Reader,
  bank_id: string,
  direction: Page['direction'],
  place: number,
): Promise<string | undefined> {
  const [row] = await reader.page<{ agent_id: string }>({ ...confirmedAgentAt(direction), values: [bank_id, place] });
  return row?.agent_id;
}
