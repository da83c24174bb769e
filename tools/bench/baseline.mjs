// What the platform is compared with: one process as a practised developer would write it for these three operations,
// fastify and pg with prepared statements, everything it checks known from memory.
import { createHash, randomInt, randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { bodySchema, customer, listedCustomer } from './baseline-shapes.mjs';

const { DATABASE_URL, PORT, TOKEN, BANK_ID } = process.env;
const BANK = '/obp/v5.1.0/banks/:bank_id';
const COLUMNS = `bank_id, customer_id, customer_number, legal_name, mobile_phone_number, email, face_image_url, face_image_date,
  date_of_birth, relationship_status, dependants, dob_of_dependants, credit_rating_rating, credit_rating_source,
  credit_limit_currency, credit_limit_amount, highest_education_attained, employment_status, kyc_status, last_ok_date,
  title, branch_id, name_suffix`;
const VALUES = COLUMNS.split(',').map((_, index) => `$${index + 1}`).join(', ');
const GET = { name: 'get', text: `select ${COLUMNS} from customer where bank_id = $1 and customer_id = $2` };
const LIST = { name: 'list', text: `select ${COLUMNS} from customer where bank_id = $1 order by last_ok_sort desc, customer_id desc limit $2 offset $3` };
const CREATE = { name: 'create', text: `insert into customer (${COLUMNS}, created_at, updated_at) values (${VALUES}, now(), now()) returning ${COLUMNS}` };
const UNIQUE_VIOLATION = '23505';
const TIMESTAMPTZ = 1184;
const TIMESTAMPTZ_LIST = 1185;

const identities = new Map([[TOKEN, { roles: new Set(['CanGetCustomer', 'CanGetCustomers', 'CanCreateCustomer'].map((role) => `${role}@${BANK_ID}`)) }]]);
const banks = new Set([BANK_ID]);

// Times stay text on their way from the database to the client.
const wireTime = (text) => `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;
pg.types.setTypeParser(TIMESTAMPTZ, wireTime);
pg.types.setTypeParser(TIMESTAMPTZ_LIST, (text) => (text === '{}' ? [] : text.slice(2, -2).split('","').map(wireTime)));
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10, options: '-c TimeZone=UTC' });

const app = Fastify({ bodyLimit: 1_048_576, keepAliveTimeout: 65_000 });
app.get('/livez', async () => ({}));
app.get(`${BANK}/customers/:customer_id`, { onRequest: guard('CanGetCustomer') }, getCustomer);
app.get(`${BANK}/customers`, { onRequest: guard('CanGetCustomers') }, listCustomers);
app.post(`${BANK}/customers`, { onRequest: guard('CanCreateCustomer'), schema: { body: bodySchema() } }, createCustomer);
process.once('SIGTERM', () => void app.close().then(() => pool.end()));
await app.listen({ host: '127.0.0.1', port: Number(PORT) });

async function getCustomer(request, reply) {
  const { bank_id, customer_id } = request.params;
  const { rows } = await pool.query({ ...GET, values: [bank_id, customer_id] });
  if (rows.length === 0) return refuse(reply, 404, `OBP-30046: Customer not found. Current CustomerId(${customer_id})`);
  return send(request, reply, 200, { ...customer(rows[0]), customer_attributes: [] });
}

async function listCustomers(request, reply) {
  const limit = Number(request.query.limit ?? 50);
  const offset = Number(request.query.offset ?? 0);
  if (!(limit >= 1 && offset >= 0)) return refuse(reply, 400, 'OBP-10016: Incorrect filter parameters');
  const { rows } = await pool.query({ ...LIST, values: [request.params.bank_id, limit, offset] });
  reply.header('Range', `items=${offset}-${limit}`);
  return send(request, reply, 200, { customers: rows.map(listedCustomer) });
}

async function createCustomer(request, reply) {
  const { body } = request;
  if ((body.dependants ?? 0) !== (body.dob_of_dependants ?? []).length) return refuse(reply, 400, 'OBP-10020: dependants');
  for (;;) {
    try {
      const { rows } = await pool.query({ ...CREATE, values: values(request.params.bank_id, body) });
      return send(request, reply, 201, customer(rows[0]));
    } catch (error) {
      if (error.code !== UNIQUE_VIOLATION) throw error;
      // A drawn number that is taken is drawn again.
      if (body.customer_number !== undefined) return refuse(reply, 400, `OBP-30006: Current customer_number(${body.customer_number})`);
    }
  }
}

function guard(role) {
  return async (request, reply) => {
    const token = /token="?([\w.@-]+)/.exec(request.headers.directlogin ?? '')?.[1];
    if (token === undefined) return refuse(reply, 401, 'OBP-20001: User not logged in. Authentication is required!');
    const identity = identities.get(token);
    if (identity === undefined) return refuse(reply, 401, 'OBP-20003: Invalid or expired access token');
    const { bank_id } = request.params;
    if (!banks.has(bank_id)) return refuse(reply, 404, `OBP-30001: Bank not found. Current BankId is ${bank_id}`);
    if (!identity.roles.has(`${role}@${bank_id}`)) return refuse(reply, 403, `OBP-20006: User is missing one or more roles: ${role}`);
  };
}

function send(request, reply, status, value) {
  const body = JSON.stringify(value);
  const etag = createHash('sha256').update(decodeURIComponent(request.url)).update(body).digest('hex');
  common(reply).header('ETag', etag);
  if (status === 200 && request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.code(status).send(body);
}

function refuse(reply, code, message) {
  return common(reply).code(code).send(JSON.stringify({ code, message }));
}

function common(reply) {
  return reply.headers({ 'Access-Control-Allow-Origin': '*', 'Correlation-Id': randomUUID(), 'X-Frame-Options': 'DENY', 'Content-Type': 'application/json;charset=utf-8' });
}

function values(bank_id, body) {
  return [bank_id, randomUUID(), body.customer_number ?? String(randomInt(2_147_483_647)), body.legal_name, body.mobile_phone_number,
    (body.email ?? '').trim().toLowerCase(), body.face_image?.url ?? '', body.face_image?.date ?? null, body.date_of_birth ?? null,
    body.relationship_status ?? '', body.dependants ?? 0, body.dob_of_dependants ?? [], body.credit_rating?.rating ?? '',
    body.credit_rating?.source ?? '', body.credit_limit?.currency ?? '', body.credit_limit?.amount ?? '',
    body.highest_education_attained ?? '', body.employment_status ?? '', body.kyc_status ?? false, body.last_ok_date ?? null,
    body.title ?? '', body.branch_id ?? '', body.name_suffix ?? ''];
}
