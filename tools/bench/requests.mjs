const ADDRESS = '/obp/v5.1.0/banks';
const OFFSETS = 20;

/** The one way to write the three operations' requests, for the check and for the measurement. */
export function createRequests({ token, bank_id }) {
  const headers = { directlogin: `token=${token}` };
  const customers = `${ADDRESS}/${bank_id}/customers`;
  return {
    get: (customer_id) => ({ method: 'GET', path: `${customers}/${customer_id}`, headers, expected: 200, holds: `"customer_id":"${customer_id}"` }),
    list: (page) => ({ method: 'GET', path: `${customers}?limit=50&offset=${(page % OFFSETS) * 10}`, headers, expected: 200, holds: '{"customers":[{' }),
    create: (seed) => ({
      method: 'POST',
      path: customers,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(newCustomer(seed)),
      expected: 201,
      holds: `"email":"new.customer.${seed}@example.com"`,
    }),
  };
}

// Without a number: both contestants draw one.
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
