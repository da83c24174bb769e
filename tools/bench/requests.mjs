const ADDRESS = '/obp/v5.1.0/banks';
const OFFSETS = 20;

/**
 * The only place that builds the operations' requests, for the check and for the measurement. Those about a customer
 * take one, `list` and `create` take any number, `listFrom` takes an offset, `listOf` a limit, `link` takes the number
 * of a pair of user and customer, below `countPairs`.
 */
export function createRequests({ token, bank_id, customers, users }) {
  const headers = { directlogin: `token=${token}` };
  const bank = `${ADDRESS}/${bank_id}`;
  const get = (path, holds) => ({ method: 'GET', path: bank + path, headers, expected: 200, holds });
  const post = (path, body, expected, holds) => ({
    method: 'POST',
    path: bank + path,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    expected,
    holds,
  });
  const page = (limit, offset) => get(`/customers?limit=${limit}&offset=${offset}`, '{"customers":[{');
  const listFrom = (offset) => page(50, offset);
  return {
    get: ({ customer_id }) => get(`/customers/${customer_id}`, `"customer_id":"${customer_id}"`),
    list: (page) => listFrom((page % OFFSETS) * 10),
    listFrom,
    listOf: (limit) => page(limit, 0),
    attributes: ({ customer_id, customer_number }) =>
      get(`/customers/${customer_id}/attributes`, `"value":"${customer_number}"`),
    overview: ({ customer_number }) =>
      post(
        '/customers/customer-number-query/overview',
        { customer_number },
        200,
        `"customer_number":"${customer_number}"`,
      ),
    create: (seed) => post('/customers', newCustomer(seed), 201, `"email":"new.customer.${seed}@example.com"`),
    link: (number) => {
      const [{ customer_id }, user_id] = pairOf(number, customers, users);
      return post(
        '/user_customer_links',
        { user_id, customer_id },
        201,
        `"customer_id":"${customer_id}","user_id":"${user_id}"`,
      );
    },
  };
}

/** The number of possible links. */
export function countPairs({ customers, users }) {
  return customers.length * users.length;
}

// No two consecutive pairs have a user or a customer in common, so that concurrent links do not wait for each other.
function pairOf(number, customers, users) {
  const place = number % customers.length;
  return [customers[place], users[(place + Math.floor(number / customers.length)) % users.length]];
}

// Without a number: both contestants generate one.
function newCustomer(seed) {
  return {
    legal_name: `Marguerite Tripman ${seed}`,
    mobile_phone_number: `+44 20 7946 ${1000 + seed}`,
    email: `new.customer.${seed}@example.com`,
    face_image: { url: `https://images.example.com/new/${seed}.jpg`, date: '2024-01-22T08:30:00Z' },
    date_of_birth: '1987-03-14T00:00:00Z',
    relationship_status: 'married',
    dependants: 2,
    dob_of_dependants: ['2012-05-09T00:00:00Z', '2015-11-30T00:00:00Z'],
    credit_rating: { rating: 'AA', source: 'Experian' },
    credit_limit: { currency: 'EUR', amount: '12500.00' },
    highest_education_attained: "bachelor's degree",
    employment_status: 'employed',
    kyc_status: true,
    last_ok_date: '2024-06-01T12:00:00Z',
    title: 'Ms',
    branch_id: 'branch-12',
    name_suffix: '',
  };
}
