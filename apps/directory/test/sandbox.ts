import { callerKey, createAuthorizer } from '@platform/entitlements';
import { invalidBody } from '@platform/failure';
import { bind, createGrpcServer, rpc } from '@platform/grpc';
import {
  type CreateCrmEventRequest,
  CrmEventServiceDefinition,
  Role,
  type SandboxDataImport,
  SandboxServiceDefinition,
} from '@platform/messages';
import { createLogger } from '@platform/runtime';
import { asUser, newName, secret, userPassword } from './directory.js';

export const sandboxDataImport = rpc(SandboxServiceDefinition, 'sandboxDataImport');

/** A caller with the role for imports. */
export const importer = () => asUser('someone', [Role.ROLE_CAN_CREATE_SANDBOX]);

const empty = (): SandboxDataImport => ({
  banks: [],
  users: [],
  accounts: [],
  transactions: [],
  branches: [],
  atms: [],
  products: [],
  crm_events: [],
});

export const importOf = (change: Partial<SandboxDataImport>): SandboxDataImport => ({ ...empty(), ...change });

export const sandboxBank = (id = newName('bank')) => ({
  id,
  short_name: 'GH',
  full_name: `It's "Gringotts" ?\\ 中😀`,
  logo: 'https://example.com/logo.png',
  website: 'https://example.com',
});

export const sandboxUser = (user_name = newName('user')) => ({
  email: 'robert@example.com',
  password: userPassword,
  user_name,
});

export const sandboxCrmEvent = (bank_id: string, id = 'e1') => ({
  id,
  bank_id,
  customer: { name: 'James Brown', number: '698761728934' },
  category: 'Call',
  detail: 'Asked for a loan ? \\ 中😀',
  channel: 'Phone',
  actual_date: '2012-03-07T00:00:00.001Z',
});

/** A complete sandbox: two banks, two users, one of everything else. */
export function sandbox(events = 1): SandboxDataImport & { bank_id: string; user_name: string } {
  const [first, second] = [sandboxBank(), sandboxBank()];
  const [holder, other] = [sandboxUser(), sandboxUser()];
  const bank_id = first.id;
  const meta = { license: { id: 'pddl', name: 'PDDL' } };
  const place = {
    address: {
      line_1: '1',
      line_2: '',
      line_3: '',
      city: 'Ely',
      county: '',
      state: '',
      post_code: 'CB7',
      country_code: 'UK',
    },
    location: { latitude: 52.55, longitude: 13.4 },
    meta,
  };
  return {
    bank_id,
    user_name: holder.user_name,
    banks: [first, second],
    users: [holder, other],
    accounts: [
      {
        id: 'a1',
        bank: bank_id,
        label: `It's ?\\ "mine"`,
        number: '424242',
        type: 'CURRENT',
        balance: { currency: 'GBP', amount: '1357.90' },
        IBAN: `GB${bank_id}`,
        owners: [holder.user_name, other.user_name],
        generate_public_view: true,
        generate_accountants_view: false,
        generate_auditors_view: true,
      },
    ],
    transactions: [
      {
        id: 't1',
        this_account: { id: 'a1', bank: bank_id },
        counterparty: { name: 'SAAS BANK', account_number: null },
        details: {
          type: '10219',
          description: 'Rent',
          posted: '2012-03-07T00:00:00.001Z',
          completed: '2012-04-07T00:00:00Z',
          new_balance: '1413.41',
          value: '-135.33',
        },
      },
    ],
    branches: [{ id: 's1', bank_id, name: 'Branch', ...place, lobby: { hours: 'always' }, driveUp: null }],
    atms: [{ id: 's1', bank_id, name: 'ATM', ...place }],
    products: [
      { bank_id, code: 'prod/1', name: 'P', category: 'C', family: 'F', super_family: 'S', more_info_url: '', meta },
    ],
    crm_events: Array.from({ length: events }, (_, n) => sandboxCrmEvent(bank_id, `e${n + 1}`)),
  };
}

/**
 * A customers service that only receives events. Like the real one, it accepts the same event twice, but not another
 * event with the same id.
 */
export async function createCustomers() {
  const events: CreateCrmEventRequest[] = [];
  const customers = {
    events,
    address: '',
    /** Runs before each event is accepted. */
    before: (_event: CreateCrmEventRequest): Promise<unknown> | void => undefined,
    close: (): Promise<void> => server.close(),
  };
  const server = await createGrpcServer({
    host: '127.0.0.1',
    port: 0,
    authorize: createAuthorizer({ secret, clock: Date.now, log: createLogger('test', 'silent') }),
    callerKey,
    log: createLogger('customers', 'silent'),
    services: [
      bind(CrmEventServiceDefinition, {
        async createCrmEvent(event) {
          await customers.before(event);
          const known = events.find(({ bank_id, id }) => bank_id === event.bank_id && id === event.id);
          if (known === undefined) events.push(event);
          else if (JSON.stringify(known) !== JSON.stringify(event))
            invalidBody('The bank has another CRM event of that id.');
          return { ...event, id: event.id ?? '' };
        },
      }),
    ],
  });
  customers.address = `127.0.0.1:${server.port}`;
  return customers;
}
