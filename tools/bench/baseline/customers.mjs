import { randomInt, randomUUID } from 'node:crypto';
import { refuse, refuseCustomer, send } from './answer.mjs';
import { readAttributes } from './attributes.mjs';
import { COLUMNS, bodySchema, customer, listedCustomer } from './customer-shapes.mjs';

const PLACES = COLUMNS.split(',')
  .map((_, index) => `$${index + 1}`)
  .join(', ');
const GET = { name: 'get', text: `select ${COLUMNS} from customer where bank_id = $1 and customer_id = $2` };
const LIST = {
  name: 'list',
  text: `select ${COLUMNS} from customer where bank_id = $1 order by last_ok_sort desc, customer_id desc limit $2 offset $3`,
};
const CREATE = {
  name: 'create',
  text: `insert into customer (${COLUMNS}, created_at, updated_at) values (${PLACES}, now(), now()) returning ${COLUMNS}`,
};
const UNIQUE_VIOLATION = '23505';

/** Routes: one customer, a list of customers, a new customer. */
export function customerRoutes({ customers, attributes }) {
  return [
    { method: 'GET', path: '/customers/:customer_id', role: 'CanGetCustomer', handler: getCustomer },
    { method: 'GET', path: '/customers', role: 'CanGetCustomers', handler: listCustomers },
    { method: 'POST', path: '/customers', role: 'CanCreateCustomer', body: bodySchema(), handler: createCustomer },
  ];

  async function getCustomer(request, reply) {
    const { bank_id, customer_id } = request.params;
    const [{ rows }, customer_attributes] = await Promise.all([
      customers.query({ ...GET, values: [bank_id, customer_id] }),
      readAttributes(attributes, bank_id, customer_id),
    ]);
    if (rows.length === 0) return refuseCustomer(reply, customer_id);
    return send(request, reply, 200, { ...customer(rows[0]), customer_attributes });
  }

  async function listCustomers(request, reply) {
    const limit = Number(request.query.limit ?? 50);
    const offset = Number(request.query.offset ?? 0);
    if (!(limit >= 1 && offset >= 0)) return refuse(reply, 400, 'OBP-10016: Incorrect filter parameters');
    const { rows } = await customers.query({ ...LIST, values: [request.params.bank_id, limit, offset] });
    reply.header('Range', `items=${offset}-${limit}`);
    return send(request, reply, 200, { customers: rows.map(listedCustomer) });
  }

  async function createCustomer(request, reply) {
    const { body } = request;
    if ((body.dependants ?? 0) !== (body.dob_of_dependants ?? []).length)
      return refuse(reply, 400, 'OBP-10020: dependants');
    for (;;) {
      try {
        const { rows } = await customers.query({ ...CREATE, values: valuesOf(request.params.bank_id, body) });
        return send(request, reply, 201, customer(rows[0]));
      } catch (error) {
        if (error.code !== UNIQUE_VIOLATION) throw error;
        // A generated number that is taken is generated again.
        if (body.customer_number !== undefined)
          return refuse(reply, 400, `OBP-30006: Current customer_number(${body.customer_number})`);
      }
    }
  }
}

function valuesOf(bank_id, body) {
  return [
    bank_id,
    randomUUID(),
    body.customer_number ?? String(randomInt(2_147_483_647)),
    body.legal_name,
    body.mobile_phone_number,
    (body.email ?? '').trim().toLowerCase(),
    body.face_image?.url ?? '',
    body.face_image?.date ?? null,
    body.date_of_birth ?? null,
    body.relationship_status ?? '',
    body.dependants ?? 0,
    body.dob_of_dependants ?? [],
    body.credit_rating?.rating ?? '',
    body.credit_rating?.source ?? '',
    body.credit_limit?.currency ?? '',
    body.credit_limit?.amount ?? '',
    body.highest_education_attained ?? '',
    body.employment_status ?? '',
    body.kyc_status ?? false,
    body.last_ok_date ?? null,
    body.title ?? '',
    body.branch_id ?? '',
    body.name_suffix ?? '',
  ];
}
