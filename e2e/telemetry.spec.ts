import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTelemetry, type Telemetry } from '@platform/telemetry';
import { createRandom, eventually } from '@platform/testing';
import { type Collector, type ReceivedSpan, startCollector } from './collector.js';
import { createSend, type Send } from './http.js';
import { allRoles } from './operations.js';
import { expectStatus, type Person, type Platform, startOwnPlatform } from './platform.js';

/** Stands in every record that these tests write, and must not get out. */
const marker = 'Zebedeus-Quattrocchi';
const given = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };

let collector: Collector;
let telemetry: Telemetry;
let platform: Platform;
let metrics: { send: Send; close(): void };
let bank_id: string;
let person: Person;
let customer_id: string;

beforeAll(async () => {
  collector = await startCollector();
  telemetry = await openTelemetry({
    metrics: { host: '127.0.0.1', port: 0 },
    traces: {
      name: 'test',
      version: '0',
      endpoint: collector.endpoint,
      ratio: 0,
      follows_caller: true,
      delay_ms: 50,
    },
  });
  metrics = createSend(`http://127.0.0.1:${telemetry.metrics_port}`);
  platform = await startOwnPlatform();
  bank_id = await platform.bank();
  person = await platform.person(...allRoles(bank_id));
});
afterAll(async () => {
  await platform.close();
  metrics.close();
  await telemetry.close();
  await collector.close();
});

const scrape = async () => (await expectStatus(200, metrics.send('GET', '/metrics'))).text;
const traced = (flags: string, trace = given.trace) => ({
  traceparent: `00-${trace}-${given.span}-${flags}`,
  tracestate: 'vendor=1',
});
const spansOf = (trace: string) => collector.spans.filter(({ traceId }) => traceId === trace);

/** Waits until the trace has a span of the gateway, which ends last. */
async function traceOf(trace: string): Promise<readonly ReceivedSpan[]> {
  await eventually(5_000, `the trace ${trace}`, () =>
    spansOf(trace).some(({ parentSpanId, kind }) => kind === 2 && parentSpanId === given.span),
  );
  return spansOf(trace);
}

/** The names from a span up to the edge. */
function pathTo(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [...(parent === undefined ? [] : pathTo(parent, spans)), span.name];
}

describe('a traced request', () => {
  it('leaves one trace from the edge to the statement that inserts', async () => {
    const { json, headers } = await expectStatus(
      201,
      platform.call('POST', `/banks/${bank_id}/customers`, {
        token: person.token,
        headers: traced('01'),
        body: { legal_name: marker, mobile_phone_number: '+49 30 901820', email: `${marker}@example.com` },
      }),
    );
    customer_id = String(json.customer_id);
    const spans = await traceOf(given.trace);
    const insert = spans.find(({ name }) => name.startsWith('insert-customer'));
    expect(insert === undefined ? [] : pathTo(insert, spans).slice(0, 3)).toEqual([
      'POST /obp/{version}/banks/{bank_id}/customers',
      'obp.customers.v1.CustomerService/CreateCustomer',
      'obp.customers.v1.CustomerService/CreateCustomer',
    ]);
    const [edge] = spans.filter(({ name }) => name.startsWith('POST '));
    expect(edge).toMatchObject({ kind: 2, parentSpanId: given.span, traceState: 'vendor=1' });
    expect(edge?.attributes).toMatchObject({
      'obp.operation_id': 'OBPv5.0.0-createCustomer',
      'http.response.status_code': 201,
      correlation_id: headers['correlation-id'],
    });
    expect(spans.every(({ status }) => status.code === undefined || status.code === 0)).toBe(true);
  });

  it('reaches both services of a composed read, and their statements', async () => {
    const trace = '1'.repeat(32);
    const path = `/banks/${bank_id}/customers/${customer_id}`;
    await expectStatus(200, platform.call('GET', path, { token: person.token, headers: traced('01', trace) }));
    const spans = await traceOf(trace);
    const reads = spans.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
    const services = reads.map((read) => pathTo(read, spans).at(-2));
    expect(services).toEqual(
      expect.arrayContaining([
        'obp.customers.v1.CustomerService/BatchGetCustomers',
        'obp.attributes.v1.CustomerAttributeLookupService/BatchGetCustomerAttributes',
      ]),
    );
    for (const read of reads)
      expect(pathTo(read, spans)[0]).toBe('GET /obp/{version}/banks/{bank_id}/customers/{customer_id}');
  });

  it('marks the failure, without its message', async () => {
    const trace = '2'.repeat(32);
    const path = `/banks/${bank_id}/customers/${marker}`;
    await expectStatus(404, platform.call('GET', path, { token: person.token, headers: traced('01', trace) }));
    const [edge] = (await traceOf(trace)).filter(({ name }) => name.startsWith('GET '));
    expect(edge?.attributes).toMatchObject({ 'obp.failure': 'OBP-30046', 'http.response.status_code': 404 });
  });

  it('has each look-up that it shares with others: as a call, or as a span that is linked to it', async () => {
    // So many that some wait for the same look-up, however slowly they arrive.
    const traces = Array.from({ length: 40 }, (_, n) => `abc${String(n).padStart(29, '0')}`);
    const path = `/banks/${bank_id}/customers/${customer_id}`;
    await Promise.all(
      traces.map((trace) => platform.call('GET', path, { token: person.token, headers: traced('01', trace) })),
    );
    await Promise.all(traces.map(traceOf));
    const own = collector.spans.filter(({ traceId }) => traces.includes(traceId));
    const calls = own.filter(
      ({ kind, name }) => kind === 3 && /BatchGetCustomers$|BatchGetCustomerAttributes$/.test(name),
    );
    const shared = own.filter(({ name }) => name === 'look-up');
    expect(calls.length + shared.length).toBe(2 * traces.length);
    expect(calls.length).toBeLessThan(2 * traces.length);
    for (const { links } of shared) expect(links.map(({ traceId }) => traces.includes(traceId))).toEqual([true]);
  });

  it('is the same over Connect', async () => {
    const trace = '5'.repeat(32);
    const path = '/obp.customers.v1.CustomerService/CreateCustomer';
    const answer = await platform.send('POST', path, {
      token: person.token,
      headers: { ...traced('01', trace), 'connect-protocol-version': '1' },
      body: { bank_id },
    });
    expect(answer.status).toBe(400);
    const [edge] = (await traceOf(trace)).filter(({ parentSpanId }) => parentSpanId === given.span);
    expect(edge).toMatchObject({ name: `POST ${path}`, kind: 2 });
    expect(edge?.attributes).toMatchObject({ 'http.route': path, 'obp.failure': 'OBP-10001' });
  });

  it('is not recorded when its caller says so, or says nothing', async () => {
    const before = collector.spans.length;
    const path = `/banks/${bank_id}/customers/${customer_id}`;
    await platform.call('GET', path, { token: person.token, headers: traced('00', '3'.repeat(32)) });
    await platform.call('GET', path, { token: person.token });
    const trace = '4'.repeat(32);
    await platform.call('GET', path, { token: person.token, headers: traced('01', trace) });
    await traceOf(trace);
    expect(collector.spans.slice(before).every(({ traceId }) => traceId === trace)).toBe(true);
  });
});

describe('metrics', () => {
  it('count operations, rpcs, statements, batches and caches', async () => {
    const text = await scrape();
    expect(text).toMatch(/obp_http_requests_total\{operation="OBPv5.0.0-createCustomer",status="2xx"\} 1\n/);
    expect(text).toMatch(
      /obp_rpc_server_requests_total\{rpc="obp.customers.v1.CustomerService\/CreateCustomer",code="OK"\} 1\n/,
    );
    for (const name of [
      'obp_http_request_duration_seconds_count{operation="OBPv5.0.0-createCustomer"}',
      'obp_rpc_client_requests_total{rpc="obp.directory.v1.IdentityService/ResolveToken",code="OK"}',
      'obp_batch_size_count{of="inserted rows"}',
      'obp_batch_size_count{of="look-ups"}',
      'obp_cache_requests_total{cache="sessions",result="hit"}',
      'obp_database_statement_duration_seconds_count{use="commands"}',
      'obp_database_connections_limit{service="customers",use="inserts"}',
      'obp_connections_open{service="gateway"}',
      'obp_outbox_tasks{service="agents",kind="agent-creation"}',
      'obp_trace_spans_total{result="exported"}',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(text).toContain(`\n${name} `);
  });

  it('stay few, whatever paths are asked for', async () => {
    const random = createRandom();
    const seriesOf = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
    await platform.send('GET', '/nothing');
    const before = seriesOf(await scrape());
    for (let index = 0; index < 500; index += 1) {
      const piece = () => random.int(0, 1e9).toString(36);
      await platform.send('GET', `/obp/v5.1.0/${piece()}/${piece()}`);
    }
    const after = seriesOf(await scrape());
    expect(after - before).toBeLessThanOrEqual(2);
    expect(after).toBeLessThanOrEqual(2_000);
  });
});

it('nothing of a customer is in spans or metrics', async () => {
  expect(collector.text()).not.toContain(marker);
  expect(collector.text()).not.toContain(customer_id);
  expect(collector.text()).not.toContain('901820');
  expect(await scrape()).not.toContain(marker);
});
