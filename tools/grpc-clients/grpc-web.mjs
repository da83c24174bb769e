// The official grpc-web client: base64 text is its default mode, and the only one in which it streams.
import assert from 'node:assert/strict';
import {
  CreateCustomerRequest,
  CustomersV300,
  CustomerV310,
  GetCustomerByCustomerIdRequest,
  GetCustomersAtOneBankRequest,
  Nothing,
  PostCustomerJsonV310,
} from '@platform/messages';
import grpcWeb from 'grpc-web';
import xhr2 from 'xhr2';

const { PLATFORM_URL, TOKEN, BANK_ID: bank_id } = process.env;
globalThis.XMLHttpRequest = xhr2.XMLHttpRequest;
const metadata = { DirectLogin: `token=${TOKEN}` };
const requestOf = (codec, fields) => Object.assign(codec.decode(new Uint8Array()), fields);
const method = (path, type, request, response) =>
  new grpcWeb.MethodDescriptor(
    path,
    type,
    Object,
    Object,
    (message) => request.encode(message).finish(),
    (bytes) => response.decode(bytes),
  );

const create = method('/obp.customers.v1.CustomerService/CreateCustomer', 'unary', CreateCustomerRequest, CustomerV310);
const read = method(
  '/obp.views.v1.CustomerViewService/GetCustomerByCustomerId',
  'unary',
  GetCustomerByCustomerIdRequest,
  CustomerV310,
);
const list = method(
  '/obp.customers.v1.CustomerService/GetCustomersAtOneBank',
  'server_streaming',
  GetCustomersAtOneBankRequest,
  CustomersV300,
);
const unknown = method('/obp.customers.v1.CustomerService/Nothing', 'unary', Nothing, Nothing);

const newCustomer = () =>
  requestOf(CreateCustomerRequest, {
    bank_id,
    body: requestOf(PostCustomerJsonV310, { legal_name: 'Wanda Web', mobile_phone_number: '1' }),
  });

for (const format of ['text', 'binary']) {
  const client = new grpcWeb.GrpcWebClientBase({ format });
  const call = (descriptor, request, more = {}) =>
    client.unaryCall(PLATFORM_URL + descriptor.getName(), request, { ...metadata, ...more }, descriptor);
  const codeOf = (calling) =>
    calling.then(
      () => 0,
      (error) => error.code,
    );
  const customer = await call(create, newCustomer(), { deadline: String(Date.now() + 60_000) });
  assert.equal(customer.legal_name, 'Wanda Web');
  // It writes timeouts only in milliseconds, with as many digits as needed.
  for (const days of [1, 2, 25, 49])
    assert.equal(
      await codeOf(call(create, newCustomer(), { deadline: String(Date.now() + days * 86_400_000 + 14_000_000) })),
      0,
    );
  await assert.rejects(call(read, requestOf(GetCustomerByCustomerIdRequest, { bank_id, customer_id: 'none%' })), {
    code: 5,
    message: 'OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(none%)',
  });
  assert.equal(
    await codeOf(call(read, requestOf(GetCustomerByCustomerIdRequest, { bank_id, customer_id: 'ß'.repeat(10_000) }))),
    5,
  );
  assert.equal(await codeOf(call(unknown, requestOf(Nothing, {}))), 12);
  if (format === 'binary') continue;
  const listed = await new Promise((resolve, reject) => {
    const names = [];
    const stream = client.serverStreaming(
      PLATFORM_URL + list.getName(),
      requestOf(GetCustomersAtOneBankRequest, { bank_id }),
      metadata,
      list,
    );
    stream.on('data', ({ customers }) => names.push(...customers.map(({ legal_name }) => legal_name)));
    stream.on('error', reject);
    stream.on('end', () => resolve(names));
  });
  assert.ok(listed.includes('Wanda Web'), listed.join());
}
console.log('grpc-web: unary calls in both modes, a list in text mode');
