import { createHash, randomUUID } from 'node:crypto';

/** Answers with a value and its ETag. */
export function send(request, reply, status, value) {
  const body = JSON.stringify(value);
  const etag = createHash('sha256').update(decodeURIComponent(request.url)).update(body).digest('hex');
  common(reply).header('ETag', etag);
  if (status === 200 && request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.code(status).send(body);
}

/** Answers with a failure. */
export function refuse(reply, code, message) {
  return common(reply).code(code).send(JSON.stringify({ code, message }));
}

/** The failure of an unknown customer. */
export function refuseCustomer(reply, customer_id) {
  return refuse(reply, 404, `OBP-30046: Customer not found. Current CustomerId(${customer_id})`);
}

function common(reply) {
  return reply.headers({
    'Access-Control-Allow-Origin': '*',
    'Correlation-Id': randomUUID(),
    'X-Frame-Options': 'DENY',
    'Content-Type': 'application/json;charset=utf-8',
  });
}
