import { randomUUID } from 'node:crypto';
import pg from 'pg';

const SAMPLE = `create temporary table sample (bank_id text, customer_id text, number text, account_id text, n integer);
  create temporary table sample_user (user_id text, place integer)`;
const FILL_SAMPLE = 'insert into sample select $1, * from unnest($2::text[], $3::text[], $4::text[]) with ordinality';
const FILL_USERS =
  'insert into sample_user select user_id, place - 1 from unnest($1::text[]) with ordinality as given (user_id, place)';

const PRESENCE =
  'insert into customer_presence (bank_id, customer_id, is_deleted) select bank_id, customer_id, false from sample';

/**
 * By database, the statements that insert what its service would have written. A version 7 id is newer than those
 * before it.
 */
const INSERTS = {
  attributes: [
    PRESENCE,
    `insert into customer_attribute (bank_id, customer_attribute_id, customer_id, name, type, value)
     select bank_id, uuidv7()::text, customer_id, name, type, value
     from (select bank_id, customer_id, name, type, value from sample cross join lateral (values
       (1, 'core_banking_number', 'STRING', number), (2, 'number_of_cards', 'INTEGER', (n % 4)::text), (3, 'customer_since', 'DATE_WITH_DAY', (date '2001-01-01' + n)::text)
     ) as attribute (place, name, type, value) order by n, place)`,
  ],
  directory: [
    `insert into app_user (user_id, provider, provider_id, username, email, first_name, last_name, is_validated, created_at)
     select user_id, 'bench', 'bench.user.' || place, 'bench.user.' || place, 'bench.user.' || place || '@example.com', 'Bench', 'User ' || place, true, now() from sample_user`,
    `insert into account (bank_id, account_id, account_number, user_id, holder, label, product_code, branch_id, currency, balance, created_at)
     select bank_id, account_id, (1000000000 + n)::text, user_id, 'Bench User', 'Current account ' || n, 'CURRENT', 'branch-' || n % 40, 'EUR', n * 1.25, now()
     from sample join sample_user on sample_user.place = (n - 1) % (select count(*) from sample_user)`,
    `insert into account_routing (bank_id, scheme, address, account_id, place)
     select bank_id, 'IBAN', 'DE' || (75512108000000000000 + n)::text, account_id, 0 from sample`,
    // One account in ten also has its customer's number.
    `insert into account_attribute (bank_id, account_id, account_attribute_id, product_code, product_instance_code, name, type, value, created_at)
     select bank_id, account_id, uuidv7()::text, 'CURRENT', code, name, type, value, now()
     from (select bank_id, account_id, code, name, type, value from sample cross join lateral (values
       (1, 'contract-' || n, 'interest_rate', 'DOUBLE', (n % 30 * 0.1)::text),
       (2, '', case n % 10 when 0 then 'customer_number' else 'purpose' end, 'STRING', case n % 10 when 0 then number else 'household' end)
     ) as attribute (place, code, name, type, value) order by n, place)`,
  ],
  links: [
    PRESENCE,
    `insert into customer_account_link (bank_id, customer_account_link_id, customer_id, account_id, relationship_type, is_agent)
     select bank_id, uuidv7()::text, customer_id, account_id, 'Owner', false from (select * from sample order by n)`,
  ],
};

/**
 * Gives each customer three attributes and a linked account, and makes users.
 * @param {{url: (database: string) => string, bank_id: string, customers: {customer_id: string, customer_number: string}[], users: number}} what
 * @returns the users' ids
 */
export async function loadRecords({ url, bank_id, customers, users }) {
  const ids = Array.from({ length: users }, () => randomUUID());
  const column = (name) => customers.map((customer) => customer[name]);
  const sample = [bank_id, column('customer_id'), column('customer_number'), customers.map(() => randomUUID())];
  for (const [database, inserts] of Object.entries(INSERTS)) await load(url(database), inserts, sample, ids);
  return ids;
}

async function load(connectionString, inserts, sample, users) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(SAMPLE);
    await client.query(FILL_SAMPLE, sample);
    await client.query(FILL_USERS, [users]);
    for (const insert of inserts) await client.query(insert);
    // What the server would do later by itself, it does now and not during a measurement.
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}
