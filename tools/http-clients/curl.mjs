// curl, over both protocols: refusals of long headers, bodies and calls, compressed responses and bodies, HEAD.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

const { PLATFORM_URL } = process.env;
const createCustomer = '/obp.customers.v1.CustomerService/CreateCustomer';
const document = '/obp/v5.1.0/resource-docs/v5.1.0/openapi';

/** Its output: the body, followed by the status and the HTTP version. */
function curl(path, args, input) {
  const { status, stdout, stderr } = spawnSync(
    'curl',
    ['-sS', '--max-time', '30', '-w', '\n%{http_code} %{http_version} %{size_download}', ...args, PLATFORM_URL + path],
    { input, encoding: 'utf8', maxBuffer: 10_000_000 },
  );
  assert.equal(status, 0, `curl ${args.join(' ')} ended with ${status}: ${stderr}`);
  const end = stdout.lastIndexOf('\n');
  const [code, version, size] = stdout.slice(end + 1).split(' ');
  return { body: stdout.slice(0, end), status: Number(code), version, size: Number(size) };
}

/** A message in the frame of gRPC and Connect's streams. */
function framed(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

for (const [flag, version] of [
  ['--http1.1', '1.1'],
  ['--http2-prior-knowledge', '2'],
]) {
  const post = (bytes, ...args) =>
    curl('/obp/v5.1.0/banks', [flag, '-H', 'Content-Type: application/json', ...args, '--data-binary', '@-'], bytes);
  for (const megabytes of [2, 10]) {
    for (const args of [[], ['-H', 'Expect:']]) {
      const refused = post(Buffer.alloc(megabytes * 1_000_000, ' '), ...args);
      assert.deepEqual(
        [refused.status, refused.version, JSON.parse(refused.body).code],
        [413, version, 413],
        `${megabytes} MB by ${flag}`,
      );
    }
  }
  assert.match(curl('/livez', [flag, '-H', `X-Long: ${'x'.repeat(60_000)}`]).body, /"code":431,"message":"OBP-10034: /);
  const long = Buffer.alloc(2_000_000, ' ');
  const calls = [
    ['application/json', long, 429, /resource_exhausted/],
    ['application/proto', long, 429, /resource_exhausted/],
    ['application/grpc-web', framed(long), 200, /grpc-status: 8/],
    ['application/grpc-web-text', framed(long).toString('base64'), 200, /^[\w+/=]+$/],
    ['application/connect+proto', framed(long), 200, /invalid_argument/],
    ['application/xml', long, 415, /invalid_argument/],
    ...(version === '2' ? [['application/grpc', framed(long), 200, /^$/]] : []),
  ];
  for (const [type, bytes, status, told] of /** @type {[string, string | Buffer, number, RegExp][]} */ (calls)) {
    for (const sending of [[], ['-H', 'Transfer-Encoding: chunked']]) {
      const refused = curl(
        createCustomer,
        [flag, '-H', `Content-Type: ${type}`, ...sending, '--data-binary', '@-'],
        bytes,
      );
      assert.deepEqual([refused.status, refused.version], [status, version], `${type} by ${flag}`);
      assert.match(refused.body, told);
    }
  }
  assert.match(post('{}', '-H', 'Content-Encoding: zstd').body, /"code":415,.* gzip, deflate, br\./);

  const [plain, packed] = [curl(document, [flag]), curl(document, [flag, '--compressed'])];
  assert.equal(packed.body, plain.body);
  assert.ok(packed.size < plain.size / 10, `${packed.size} of ${plain.size} bytes`);
  for (const path of ['/readyz', '/', document]) {
    const head = curl(path, [flag, '--head']);
    assert.equal(head.status, 200);
    assert.match(head.body, /content-length: \d+/i);
  }
}
console.log('curl: long headers, bodies and calls, packed answers and bodies, HEAD');
