import type { Implementation } from '@platform/grpc';
import { type Journal, journalRpcs } from '@platform/journal';
import type { AgentJournalServiceDefinition } from '@platform/messages';

/** The rpcs of the journal. */
export function agentJournal({ history }: Journal): Implementation<AgentJournalServiceDefinition> {
  const { readJournal, readHistory } = journalRpcs(history);
  return { readAgentJournal: readJournal, readAgentHistory: readHistory };
}
