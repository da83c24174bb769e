import { EventWebhookServiceDefinition, type JournalEntry } from '@platform/messages';
import { callerKey } from '@platform/entitlements';
import { createPeer, rpc } from '@platform/grpc';
import { prepareDatabase } from '@platform/service';
import { allRoles, contextOf } from '@platform/service-testing';
import { createTestDatabase } from '@platform/testing';
import { database } from '../../apps/events/src/gen/database.js';
import { bank, createJournals, type Journals } from '../../apps/events/test/journals.js';
import { createReceiver, type WebhookReceiver } from '../../apps/events/test/receiver.js';
import { freePorts } from '../processes/free-ports.js';
import { type Program, startProgram } from '../processes/program.js';

/** Two replicas of the events service as processes, journals that the test writes, and a webhook. */
export interface EventsStage {
  readonly journals: Journals;
  readonly receiver: WebhookReceiver;
  /** Everything that was committed. */
  readonly written: JournalEntry[];
  /** Commits changes, so many a second, until it is stopped. */
  write(perSecond: number): { stop(): void };
  /** Kills a replica with SIGKILL and starts it again. */
  kill(replica: number): Promise<void>;
  close(): Promise<void>;
}

const kinds = {
  customers: 'customer',
  attributes: 'customer_attribute',
  links: 'user_customer_link',
  agents: 'agent',
} as const;
const names = Object.keys(kinds) as (keyof typeof kinds)[];
const customers = 40;
const secret = 'shared by all processes of this one test';

export async function createEventsStage(settings: Record<string, string> = {}): Promise<EventsStage> {
  const journals = await createJournals(secret);
  const receiver = await createReceiver();
  const created = await createTestDatabase('events', (url) => prepareDatabase(database, url));
  const ports = await freePorts('0', '1');
  const env = {
    EVENTS_DATABASE_URL: created.url,
    CALLER_SECRET: secret,
    EVENTS_POLL_MS: '50',
    EVENTS_LEASE_MS: '2000',
    WEBHOOKS_TO_PRIVATE_ADDRESSES: 'true',
    LOG_LEVEL: 'info',
    ...Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_ADDRESS`, journals.addresses[name]])),
    ...settings,
  };
  const start = async (replica: number): Promise<Program> => {
    const port = ports[String(replica) as '0' | '1'];
    const program = startProgram('apps/events/dist/main.js', { ...env, EVENTS_PORT: port });
    await program.said('listening', 30_000);
    return program;
  };
  const replicas = [await start(0), await start(1)];
  await subscribe(`127.0.0.1:${ports[0]}`, receiver.url);
  const written: JournalEntry[] = [];
  const versions = new Map<string, number>();
  const writeOne = (): void => {
    const name = names[written.length % names.length] as keyof typeof kinds;
    const subject = `c${Math.floor(Math.random() * customers)}`;
    const version = (versions.get(`${name}/${subject}`) ?? 0) + 1;
    versions.set(`${name}/${subject}`, version);
    const action = version === 1 ? 'created' : 'changed';
    written.push(journals.write(name, { kind: kinds[name], subject, version, action }));
  };
  return {
    journals,
    receiver,
    written,
    write(perSecond) {
      const timer = setInterval(writeOne, 1_000 / perSecond);
      return { stop: () => clearInterval(timer) };
    },
    async kill(replica) {
      replicas[replica]?.signal('SIGKILL');
      await replicas[replica]?.ended();
      replicas[replica] = await start(replica);
    },
    async close() {
      await Promise.all(replicas.map((program) => program.close()));
      await Promise.all([journals.close(), receiver.stop()]);
      await created.close();
    },
  };
}

async function subscribe(address: string, url: string): Promise<void> {
  const peer = createPeer(address, callerKey);
  const method = rpc(EventWebhookServiceDefinition, 'createEventWebhook');
  const request = { bank_id: bank, body: { url, kinds: [] } };
  await peer.call(
    method,
    request,
    contextOf({ user_id: 'u', consumer_id: 'c', bank_id: bank, roles: allRoles }, secret),
  );
  peer.close();
}
