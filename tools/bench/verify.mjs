import { isDeepStrictEqual } from 'node:util';
import { createRequests } from './requests.mjs';

/** Headers that belong to the answer's meaning; their values are equal where the answers are. */
const HEADERS = ['content-type', 'etag', 'range', 'access-control-allow-origin', 'x-frame-options'];

/**
 * Compares what the contestants answer before their speed is compared.
 * @throws Error naming the first difference
 */
export async function verify(origins, { token, bank_id, ids }) {
  const { get, list, create } = createRequests({ token, bank_id });
  const missing = 'none-of-the-loaded';
  for (const request of [...ids.slice(0, 20).map(get), ...[0, 3, 19].map(list)]) await compare(origins, request);
  await compare(origins, create(0), ({ customer_id, customer_number, ...rest }) => ({ ...rest, drawn: [customer_id, customer_number].map(Boolean) }));
  const anonymous = { ...get(ids[0]), headers: {} };
  const otherBank = createRequests({ token, bank_id: missing }).get(ids[0]);
  for (const request of [anonymous, otherBank, get(missing)]) await compare(origins, request, ({ code }) => ({ code }));
}

async function compare(origins, request, significant) {
  const answers = await Promise.all(origins.map((origin) => ask(origin, request, significant)));
  if (isDeepStrictEqual(answers[0], answers[1])) return;
  const shown = answers.map((answer, index) => `${origins[index]}:\n${JSON.stringify(answer).slice(0, 3000)}`);
  throw new Error(`The platform and the baseline answer ${request.method} ${request.path} differently.\n${shown.join('\n')}`);
}

async function ask(origin, { method, path, headers, body }, significant) {
  const answer = await fetch(origin + path, { method, headers, ...(body ? { body } : {}) });
  const value = await answer.json();
  if (significant) return { status: answer.status, value: significant(value) };
  return { status: answer.status, headers: HEADERS.map((name) => answer.headers.get(name)), value };
}
