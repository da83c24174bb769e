import { fail } from '@platform/failure';
import type { Handler } from '@platform/grpc';
import { type AgentJournalServiceDefinition, Failure } from '@platform/messages';
import type { History } from './history.js';

const mostEntries = 1_000;

type Methods = AgentJournalServiceDefinition['methods'];

/** The rpcs that the journals of all services have, each under names of its own. */
export interface JournalRpcs {
  readonly readJournal: Handler<Methods['readAgentJournal']>;
  readonly readHistory: Handler<Methods['readAgentHistory']>;
}

export function journalRpcs(history: History): JournalRpcs {
  return {
    async readJournal({ after, limit, values }) {
      return { entries: await history.after(after, checked(limit), values) };
    },
    async readHistory({ bank_id, subject, before, limit }) {
      return { entries: await history.ofSubject(bank_id, subject, before, checked(limit)) };
    },
  };
}

function checked(limit: number): number {
  if (limit < 1 || limit > mostEntries) fail(Failure.FAILURE_INVALID_LIMIT);
  return limit;
}
