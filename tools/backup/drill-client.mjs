import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const ROLES = [
  'CanCreateCustomer',
  'CanGetCustomer',
  'CanDeleteCustomerCascade',
  'CanCreateCustomerAttributeAtOneBank',
  'CanCreateUserCustomerLink',
  'CanCreateAccount',
  'CanCreateCustomerAccountLink',
];

/** An admin with the roles at one bank, which is created if it is missing. */
export async function openSession({ origin, username, password, consumer_key, bank_id }) {
  let login = `username=${username}, password=${password}, consumer_key=${consumer_key}`;
  const send = async (method, path, body) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { DirectLogin: login, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: /** @type {any} */ (await response.json()) };
  };
  const { json } = await send('POST', '/my/logins/direct');
  assert.ok(json.token, JSON.stringify(json));
  login = `token=${json.token}`;
  const api = (method, path, body) => send(method, `/obp/v5.1.0${path}`, body);
  const { user_id } = (await api('GET', '/users/current')).json;
  const grant = (role_name, bank_id) => api('POST', `/users/${user_id}/entitlements`, { role_name, bank_id });
  await grant('CanCreateBank', '');
  await api('POST', '/banks', { id: bank_id, bank_code: 'CARE', full_name: 'Bank of Care' });
  for (const role of ROLES) await grant(role, bank_id);
  return sessionOf(api, bank_id, user_id);
}

function sessionOf(api, bank_id, user_id) {
  const post = async (path, body, method = 'POST') => {
    const { status, json } = await api(method, `/banks/${bank_id}${path}`, body);
    assert.equal(status, 201, `${path}: ${JSON.stringify(json)}`);
    return json;
  };
  return {
    /** A customer with records in other services. @returns {Promise<string>} its id, when all is acknowledged */
    async create() {
      const { customer_id } = await post('/customers', { legal_name: 'Ada Adeyemi', mobile_phone_number: '+44 7911' });
      const account_id = `care-${customer_id}`;
      await post(`/customers/${customer_id}/attribute`, { name: 'TIER', type: 'STRING', value: 'gold' });
      await post('/user_customer_links', { user_id, customer_id });
      const account = { label: 'Savings', product_code: 'SAVINGS', balance: { currency: 'EUR', amount: '0' } };
      await post(`/accounts/${account_id}`, account, 'PUT');
      await post('/customer-account-links', { customer_id, bank_id, account_id, relationship_type: 'Owner' });
      return customer_id;
    },
    createAgent: (agent_number) =>
      post('/agents', { legal_name: 'Agent', mobile_phone_number: '+44 7911', agent_number, currency: 'EUR' }),
    remove: async (customer_id) =>
      (await api('DELETE', `/management/cascading/banks/${bank_id}/customers/${customer_id}`)).status,
    read: async (customer_id) => (await api('GET', `/banks/${bank_id}/customers/${customer_id}`)).status,
  };
}

/** Keeps two clients busy: customers with all their records, agents, and deletions of every third customer. */
export function startWrites(session) {
  const [kept, deleted] = [[], []];
  let running = true;
  const work = async (_, index) => {
    for (let turn = 0; running; turn += 1) {
      const customer_id = await session.create();
      await session.createAgent(`care-${index}-${turn}`);
      if (turn % 3 < 2) kept.push(customer_id);
      else if ((await session.remove(customer_id)) === 200) deleted.push(customer_id);
      await sleep(5);
    }
  };
  const all = Promise.all([0, 1].map(work));
  return {
    /** What has been acknowledged so far. */
    acknowledged: () => ({ kept: [...kept], deleted: [...deleted] }),
    async stop() {
      running = false;
      await all;
    },
  };
}
