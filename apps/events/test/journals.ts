import { callerKey, createAuthorizer } from '@platform/entitlements';
import { bind, type BoundService, createGrpcServer } from '@platform/grpc';
import {
  AgentJournalServiceDefinition,
  AttributeJournalServiceDefinition,
  CustomerJournalServiceDefinition,
  type JournalEntry,
  LinkJournalServiceDefinition,
  type ReadJournalRequest,
  type ReadJournalResponse,
} from '@platform/messages';
import { createLogger } from '@platform/runtime';
import { journalNames, type JournalName } from '../src/config.js';

export type Change = Partial<JournalEntry> & Pick<JournalEntry, 'kind' | 'subject'>;

/** The journals of the other services, with entries that a test writes. */
export interface Journals {
  readonly addresses: Record<JournalName, string>;
  /** Commits a change to a service's journal. */
  write(name: JournalName, change: Change): JournalEntry;
  /** Runs before a journal is read, and may fail. */
  beforeRead: (name: JournalName) => Promise<unknown>;
  /** Whether the last reader asked for values. */
  asked: { values: boolean };
  close(): Promise<void>;
}

export const bank = 'gh.29.uk';

export async function createJournals(secret: string): Promise<Journals> {
  const entries = Object.fromEntries(journalNames.map((name) => [name, []])) as unknown as Record<
    JournalName,
    JournalEntry[]
  >;
  const log = createLogger('test', 'silent');
  const servers = await Promise.all(
    journalNames.map((name) =>
      createGrpcServer({
        host: '127.0.0.1',
        port: 0,
        services: [
          served[name](async ({ after, limit, values }) => {
            journals.asked.values = values;
            await journals.beforeRead(name);
            return { entries: entries[name].slice(after, after + limit) };
          }),
        ],
        authorize: createAuthorizer({ secret, clock: Date.now, log }),
        callerKey,
        log,
        drain_ms: 50,
      }),
    ),
  );
  const journals: Journals = {
    addresses: Object.fromEntries(
      journalNames.map((name, index) => [name, `127.0.0.1:${servers[index]?.port}`]),
    ) as Journals['addresses'],
    write(name, change) {
      const position = entries[name].length + 1;
      const entry = { ...defaults, record_id: change.subject, position, entry_id: `${name}-${position}`, ...change };
      entries[name].push(entry);
      return entry;
    },
    beforeRead: async () => undefined,
    asked: { values: false },
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
  return journals;
}

type ReadJournal = (request: ReadJournalRequest) => Promise<ReadJournalResponse>;

const served: Record<JournalName, (readJournal: ReadJournal) => BoundService> = {
  agents: (readJournal) => bind(AgentJournalServiceDefinition, { readAgentJournal: readJournal }),
  attributes: (readJournal) => bind(AttributeJournalServiceDefinition, { readAttributeJournal: readJournal }),
  customers: (readJournal) => bind(CustomerJournalServiceDefinition, { readCustomerJournal: readJournal }),
  links: (readJournal) => bind(LinkJournalServiceDefinition, { readLinkJournal: readJournal }),
};

const defaults: JournalEntry = {
  number: 0,
  position: 0,
  entry_id: '',
  bank_id: bank,
  kind: '',
  record_id: '',
  version: 1,
  subject: '',
  action: 'created',
  operation: '/obp.customers.v1.CustomerService/CreateCustomer',
  user_id: 'user',
  consumer_id: 'consumer',
  service: '',
  correlation_id: 'correlation',
  occurred_at: '2026-01-21T23:08:00.000Z',
  fields: ['legal_name'],
  values: '',
};
