import { rpc } from '@platform/grpc';
import {
  AgentJournalServiceDefinition,
  AttributeJournalServiceDefinition,
  CustomerJournalServiceDefinition,
  type JournalEntry,
  LinkJournalServiceDefinition,
} from '@platform/messages';
import type { ServicePeer } from '@platform/service';
import type { JournalName } from '../config.js';

/** The journal of one service. */
export interface Journal {
  readonly name: JournalName;
  /** The entries after a position, at most `limit`. Everything committed before the call is among them. */
  read(after: number, limit: number): Promise<readonly JournalEntry[]>;
}

const readJournal = {
  agents: rpc(AgentJournalServiceDefinition, 'readAgentJournal'),
  attributes: rpc(AttributeJournalServiceDefinition, 'readAttributeJournal'),
  customers: rpc(CustomerJournalServiceDefinition, 'readCustomerJournal'),
  links: rpc(LinkJournalServiceDefinition, 'readLinkJournal'),
} as const;

/** @param values whether entries tell what records were and became */
export function createJournal(name: JournalName, peer: ServicePeer, values: boolean): Journal {
  return {
    name,
    async read(after, limit) {
      const { entries } = await peer.call(readJournal[name], { after, limit, values }, `events-${name}-${after}`);
      return entries;
    },
  };
}
