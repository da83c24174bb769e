import { refuse, send } from './answer.mjs';
import { readAttributes } from './attributes.mjs';
import { COLUMNS, customer } from './customer-shapes.mjs';

const CUSTOMER = {
  name: 'customer_by_number',
  text: `select ${COLUMNS} from customer where bank_id = $1 and customer_number = $2`,
};
const LINKED = {
  name: 'linked_accounts',
  text: 'select account_id from customer_account_link where bank_id = $1 and customer_id = $2 and not is_agent order by customer_account_link_id',
};
// The linked accounts ($2) in the order of the links, then those that have the customer's number ($3); each in the form
// of the response.
const ACCOUNTS = {
  name: 'accounts',
  text: `select account.account_id, label, product_code, currency, balance::text as amount, branch_id,
      (select coalesce(json_agg(json_build_object('scheme', scheme, 'address', address) order by place), '[]')
       from account_routing where bank_id = $1 and account_id = account.account_id) as account_routings,
      (select coalesce(json_agg(json_build_object('contract_code', product_instance_code, 'product_code', product_code,
         'account_attribute_id', account_attribute_id, 'name', name, 'type', type, 'value', value) order by account_attribute_id), '[]')
       from account_attribute where bank_id = $1 and account_id = account.account_id) as account_attributes
    from account
    where bank_id = $1 and account_id in (
      select unnest($2::text[]) union all
      select account_id from account_attribute where bank_id = $1 and name = 'customer_number' and left(value, 100) = left($3, 100) and value = $3)
    order by array_position($2::text[], account_id), account_id`,
};
const CONTRACT_MEMBERS = [
  'product_description',
  'issuance_amount',
  'interest_rate',
  'term',
  'form_of_payment',
  'interest_amount',
  'branch_code',
  'payment_method',
  'opening_date',
  'maturity_date',
  'renewal_date',
  'cancellation_date',
  'instrument_status_code',
  'instrument_status_definition',
  'is_substituted',
];

/** A customer with its attributes and accounts. */
export function overviewRoutes({ customers, attributes, links, directory }) {
  const body = {
    type: 'object',
    required: ['customer_number'],
    properties: { customer_number: { type: 'string', maxLength: 50 } },
  };
  return [
    {
      method: 'POST',
      path: '/customers/customer-number-query/overview',
      role: 'CanGetCustomerOverview',
      body,
      handler: getOverview,
    },
  ];

  async function getOverview(request, reply) {
    const { bank_id } = request.params;
    const { customer_number } = request.body;
    const { rows: found } = await customers.query({ ...CUSTOMER, values: [bank_id, customer_number] });
    if (found.length === 0)
      return refuse(reply, 404, 'OBP-30002: Customer not found. Please specify a valid value for CUSTOMER_NUMBER.');
    const { customer_id } = found[0];
    const [customer_attributes, accounts] = await Promise.all([
      readAttributes(attributes, bank_id, customer_id),
      readAccounts(bank_id, customer_id, customer_number),
    ]);
    return send(request, reply, 200, {
      ...customer(found[0]),
      customer_attributes,
      accounts: accounts.map(overviewAccount),
    });
  }

  async function readAccounts(bank_id, customer_id, customer_number) {
    const { rows: linked } = await links.query({ ...LINKED, values: [bank_id, customer_id] });
    const { rows } = await directory.query({
      ...ACCOUNTS,
      values: [bank_id, linked.map(({ account_id }) => account_id), customer_number],
    });
    return rows;
  }
}

function overviewAccount({
  account_id,
  label,
  product_code,
  currency,
  amount,
  branch_id,
  account_routings,
  account_attributes,
}) {
  return {
    account_id,
    label,
    product_code,
    balance: { currency, amount },
    branch_id,
    contracts: contractsOf(account_attributes),
    account_routings,
    account_attributes,
  };
}

/** One contract for each code, with its first attribute of each name. */
function contractsOf(account_attributes) {
  const products = new Map();
  const values = new Map();
  for (const { contract_code, product_code, name, value } of account_attributes) {
    if (contract_code.trim() !== '' && !products.has(contract_code)) products.set(contract_code, product_code);
    if (!values.has(name)) values.set(name, value);
  }
  const members = Object.fromEntries(
    CONTRACT_MEMBERS.filter((name) => values.has(name)).map((name) => [name, values.get(name)]),
  );
  return [...products].map(([contract_code, product_code]) => ({ product_code, contract_code, ...members }));
}
