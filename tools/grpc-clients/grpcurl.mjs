// grpcurl gets the contract only by reflection.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../lib/workspace.mjs';

const { PLATFORM_URL, GRPCURL, TOKEN, BANK_ID } = process.env;
const host = new URL(PLATFORM_URL).host;

/** Its output, also for failed calls. */
async function grpcurl(...args) {
  const { stdout, stderr } = await promisify(execFile)(GRPCURL, ['-plaintext', ...args], {
    timeout: 10_000,
    maxBuffer: 2 ** 26,
  }).catch((error) => error);
  return `${stdout}${stderr}`;
}
const call = (method, body, ...more) =>
  grpcurl('-H', `DirectLogin: token=${TOKEN}`, '-d', JSON.stringify(body), ...more, host, method);

const services = (await grpcurl(host, 'list')).trim().split('\n');
assert.ok(services.includes('obp.customers.v1.CustomerService'), services.join());
assert.ok(!services.some((name) => name.includes('Lookup')), 'internal services are listed');
const described = await Promise.all(services.map((name) => grpcurl(host, 'describe', name)));
for (const text of described)
  assert.match(
    text,
    /is a service:[\s\S]*option \(\.google\.api\.http\) =[\s\S]*option \(\.obp\.api\.v1\.endpoint\) =/,
  );
assert.match(await grpcurl(host, 'describe', 'google.protobuf.FieldOptions'), /is a message/);

const body = { legal_name: 'Gregor Grpcurl', mobile_phone_number: '1', date_of_birth: '1990-05-15T00:00:00Z' };
for (const seconds of ['40', '60', '2592000']) {
  assert.match(
    await call('obp.customers.v1.CustomerService/CreateCustomer', { bank_id: BANK_ID, body }, '-max-time', seconds),
    /"legalName": "Gregor Grpcurl"/,
  );
}
assert.match(
  await call('obp.customers.v1.CustomerService/GetCustomersAtOneBank', { bank_id: BANK_ID }),
  /"legalName": "Gregor Grpcurl"/,
);
assert.match(
  await call('obp.views.v1.CustomerViewService/GetCustomerByCustomerId', {
    bank_id: BANK_ID,
    customer_id: 'x'.repeat(10_000),
  }),
  /Code: NotFound\s+Message: OBP-30046: Customer not found/,
);
// An internal rpc, described by the contract's source files.
const known = ['-import-path', join(root, 'proto'), '-proto', 'obp/customers/v1/customer.proto'];
assert.match(
  await grpcurl(...known, host, 'obp.customers.v1.CustomerService/BatchGetCustomers'),
  /Code: Unimplemented/,
);
console.log(`grpcurl: ${services.length} services described, called with long deadlines`);
