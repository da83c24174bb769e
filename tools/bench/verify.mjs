import { isDeepStrictEqual } from 'node:util';
import { countPairs, createRequests } from './requests.mjs';

/** Headers that are part of a response's meaning; their values must be equal. */
const HEADERS = ['content-type', 'range', 'access-control-allow-origin', 'x-frame-options'];
const LOADED = 20;

/**
 * Compares the contestants' responses before their speed is compared. Links the last two pairs of user and customer.
 * @throws Error naming the first difference
 */
export async function verify(origins, job) {
  const requests = createRequests(job);
  const { get, list, attributes, overview, create, link } = requests;
  const loaded = job.customers.slice(0, LOADED);
  for (const request of [...[get, attributes, overview].flatMap((about) => loaded.map(about)), ...[0, 3, 19].map(list)])
    await compare(origins, [request, request]);
  await compare(origins, [create(0), create(0)], ({ customer_id, customer_number, ...rest }) => ({
    ...rest,
    drawn: [customer_id, customer_number].map(Boolean),
  }));
  const links = [1, 2].map((back) => link(countPairs(job) - back));
  await compare(origins, links, linkAsAsked);
  for (const request of [{ ...links[0], expected: 400 }, ...refused(requests, job)])
    await compare(origins, [request, request], failure);
}

function refused({ get, attributes, overview, link }, job) {
  const missing = 'none-of-the-loaded';
  const unknown = { customer_id: missing, customer_number: missing };
  const [customer] = job.customers;
  const elsewhere = createRequests({ ...job, bank_id: missing });
  const linkOf = (change) => createRequests({ ...job, ...change }).link(0);
  const unheard = (request) => ({ ...request, headers: {}, expected: 401 });
  const notFound = (request) => ({ ...request, expected: 404 });
  return [
    ...[get, attributes, overview].flatMap((about) => [unheard(about(customer)), notFound(about(unknown))]),
    unheard(link(0)),
    ...[linkOf({ customers: [unknown] }), linkOf({ users: [missing] }), elsewhere.link(0)].map(notFound),
    ...[elsewhere.get, elsewhere.attributes, elsewhere.overview].map((about) => notFound(about(customer))),
  ];
}

/** A failure's code and name must be equal; its text may differ. */
function failure({ code, message }) {
  return { code, name: message?.split(':')[0] };
}

/** The same pair cannot be linked twice, so each link is compared with its request. */
function linkAsAsked(value, { body }) {
  const { customer_id, user_id } = JSON.parse(body);
  const { user_customer_link_id, date_inserted, ...rest } = value;
  const drawn =
    /^[0-9a-f-]{36}$/.test(user_customer_link_id) &&
    Math.abs(Date.now() - Date.parse(date_inserted)) < 60_000 &&
    date_inserted.length;
  return {
    ...rest,
    customer_id: value.customer_id === customer_id,
    user_id: value.user_id === user_id,
    drawn,
    order: Object.keys(value),
  };
}

/**
 * Sends one request to each contestant. `significant` selects the part of a response's value that must be equal;
 * without it the bodies' texts must be equal.
 */
async function compare(origins, requests, significant) {
  const answers = await Promise.all(origins.map((origin, index) => ask(origin, requests[index], significant)));
  const [{ expected, method, path }] = requests;
  if (isDeepStrictEqual(answers[0], answers[1]) && answers[0].status === expected) return;
  const shown = answers.map((answer, index) => `${origins[index]}:\n${JSON.stringify(answer).slice(0, 3000)}`);
  throw new Error(
    `The platform and the baseline should answer ${method} ${path} alike, with ${expected}.\n${shown.join('\n')}`,
  );
}

async function ask(origin, request, significant) {
  const { method, path, headers, body } = request;
  const answer = await fetch(origin + path, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body } : {}),
  });
  const text = await answer.text();
  const same = { status: answer.status, headers: HEADERS.map((name) => answer.headers.get(name)) };
  return significant
    ? { ...same, value: significant(JSON.parse(text), request) }
    : { ...same, etag: answer.headers.get('etag'), text };
}
