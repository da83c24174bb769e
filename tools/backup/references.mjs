/**
 * @typedef {object} Reference what records of one database need in another one
 * @property {string} what
 * @property {string} from the service with the records @property {string} records their keys: bank_id and id, each once
 * @property {string} to the other service
 * @property {string} wrong the keys in $1 (banks) and $2 (ids) for which it has not what is needed, except for what a
 *   pending task will put right
 * @property {string} advice @property {boolean} [repairable] by deleting all records of that customer
 */

const given = 'select bank_id, id from unnest($1::text[], $2::text[]) as given (bank_id, id) where';

const isDeleting = `exists (select from outbox where outbox.bank_id = given.bank_id and subject = id and kind = 'customer-deletion')`;
const isCustomer = 'exists (select from customer where customer.bank_id = given.bank_id and customer_id = id)';
const noCustomer = `${given} not ${isCustomer} and not ${isDeleting}`;
const noUser = `${given} not exists (select from app_user where user_id = id)`;
const noAccount = `${given} not exists (select from account where account.bank_id = given.bank_id and account_id = id)`;
const noAgent = `${given} not exists (select from agent where agent.bank_id = given.bank_id and agent_id = id)`;
const noBank = `${given} not exists (select from bank where bank.bank_id = id)`;

const keys = (table, id, only = 'true') => `select distinct bank_id, ${id} as id from ${table} where ${only}`;

const ofCustomers = {
  to: 'customers',
  wrong: noCustomer,
  repairable: true,
  advice: 'if customers is not an older backup than the others, --repair deletes these records',
};
const ofDirectory = {
  to: 'directory',
  advice:
    'the directory is an older backup than the other databases: restore all from one backup, or delete these records',
};

/** @type {Reference[]} */
export const REFERENCES = [
  {
    ...ofCustomers,
    what: 'attributes of customers',
    from: 'attributes',
    records: keys('customer_attribute', 'customer_id'),
  },
  {
    ...ofCustomers,
    what: 'links of users to customers',
    from: 'links',
    records: keys('user_customer_link', 'customer_id'),
  },
  {
    ...ofCustomers,
    what: 'links of accounts to customers',
    from: 'links',
    records: keys('customer_account_link', 'customer_id', 'not is_agent'),
  },
  ...['attributes', 'links'].map((from) => ({
    what: `marks of deleted customers in ${from}`,
    from,
    records: keys('customer_presence', 'customer_id', 'is_deleted'),
    to: 'customers',
    wrong: `${given} ${isCustomer}`,
    advice: `customers is an older backup than ${from}: restore both from one backup`,
  })),
  {
    what: 'links of accounts to agents',
    from: 'links',
    records: keys('customer_account_link', 'customer_id', 'is_agent'),
    to: 'agents',
    wrong: noAgent,
    advice: 'agents is an older backup than links: restore both from one backup, or delete these links',
  },
  {
    ...ofDirectory,
    what: 'links of customers to users',
    from: 'links',
    records: keys('user_customer_link', 'user_id'),
    wrong: noUser,
  },
  {
    ...ofDirectory,
    what: 'links of customers and agents to accounts',
    from: 'links',
    records: keys('customer_account_link', 'account_id'),
    wrong: noAccount,
  },
  {
    ...ofDirectory,
    what: 'accounts of agents',
    from: 'agents',
    records: keys('agent', 'account_id', 'is_complete'),
    wrong: noAccount,
  },
  {
    ...ofDirectory,
    what: 'banks of customers',
    from: 'customers',
    records: keys('customer', 'bank_id'),
    wrong: noBank,
  },
  { ...ofDirectory, what: 'banks of agents', from: 'agents', records: keys('agent', 'bank_id'), wrong: noBank },
];
