import { createRest, type Answer, type Rest } from './rest.js';

export interface Secrets {
  readonly admin_username: string;
  readonly admin_password: string;
  readonly consumer_key: string;
}

/** An admin who may create and read customers at one bank. */
export interface Session {
  readonly rest: Rest;
  readonly token: string;
  create(customer?: object): Promise<Answer>;
  read(customer_id: string): Promise<Answer>;
  /** The bank's customers, which the gateway receives as a stream. */
  list(): Promise<Answer>;
  whoAmI(): Promise<Answer>;
  close(): void;
}

export const bank = 'process.bank';

/** Logs in; creates the bank and grants the roles unless they exist. */
export async function openSession(origin: string, secrets: Secrets, keepAlive = true): Promise<Session> {
  const rest = createRest(origin, keepAlive);
  const login = await rest.send('POST', '/my/logins/direct', { headers: { DirectLogin: loginHeader(secrets) } });
  if (login.status !== 201) throw new Error(`no login: ${JSON.stringify(login)}`);
  const token = String(login.body['token']);
  const headers = { DirectLogin: `token=${token}` };
  const post = (path: string, body: object) => rest.send('POST', `/obp/v5.1.0${path}`, { headers, body });
  const { user_id } = (await rest.send('GET', '/obp/v5.1.0/users/current', { headers })).body;
  const grant = (role_name: string, bank_id: string) =>
    post(`/users/${String(user_id)}/entitlements`, { role_name, bank_id });
  await grant('CanCreateBank', '');
  await post('/banks', { id: bank, bank_code: 'PB', full_name: 'Bank of Processes' });
  await grant('CanCreateCustomer', bank);
  await grant('CanGetCustomer', bank);
  await grant('CanGetCustomers', bank);
  const get = (path: string) => rest.send('GET', `/obp/v5.1.0${path}`, { headers });
  return {
    rest,
    token,
    create: (customer = aCustomer) => post(`/banks/${bank}/customers`, customer),
    read: (customer_id) => get(`/banks/${bank}/customers/${customer_id}`),
    list: () => get(`/banks/${bank}/customers?limit=20`),
    whoAmI: () => get('/users/current'),
    close: () => rest.close(),
  };
}

export const aCustomer = { legal_name: 'Ottilie Zimmerwald', mobile_phone_number: '+41 44 5550917' } as const;

export function loginHeader({ admin_username, admin_password, consumer_key }: Secrets): string {
  return `username=${admin_username}, password=${admin_password}, consumer_key=${consumer_key}`;
}

/** Creates a customer and reads it. @returns its id */
export async function createAndRead(session: Session): Promise<string> {
  const created = await session.create();
  if (created.status !== 201) throw new Error(`not created: ${JSON.stringify(created)}`);
  const customer_id = String(created.body['customer_id']);
  const read = await session.read(customer_id);
  if (read.status !== 200) throw new Error(`not read: ${JSON.stringify(read)}`);
  return customer_id;
}
