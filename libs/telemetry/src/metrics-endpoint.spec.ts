import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openMetrics } from './metrics-endpoint.js';
import { gauges, metrics } from './metrics.js';

let endpoint: Awaited<ReturnType<typeof openMetrics>>;
beforeEach(async () => {
  endpoint = await openMetrics({ host: '127.0.0.1', port: 0 });
});
afterEach(() => endpoint.close());

const scrape = async (path = '/metrics') => fetch(`http://127.0.0.1:${endpoint.port}${path}`);
const linesOf = async () => (await (await scrape()).text()).split('\n');

it('counts while it is open, and only then', async () => {
  metrics.httpShed.record(1, 'list');
  metrics.httpShed.record(2, 'list');
  expect(await linesOf()).toContain('obp_http_requests_shed_total{urgency="list"} 3');
  await endpoint.close();
  expect(metrics.httpShed.isOn).toBe(false);
  metrics.httpShed.record(1, 'list');
  endpoint = await openMetrics({ host: '127.0.0.1', port: 0 });
  expect((await linesOf()).filter((line) => line.startsWith('obp_http_requests_shed_total{'))).toEqual([]);
});

it('answers only its own path', async () => {
  expect((await scrape('/')).status).toBe(404);
  expect((await scrape()).headers.get('content-type')).toContain('text/plain; version=0.0.4');
});

it('has at most 2,000 series, and counts what comes later as "other"', async () => {
  for (let index = 0; index < 1_000; index += 1) {
    metrics.httpDuration.record(0.01, `operation ${index}`);
    metrics.httpRequests.record(1, `operation ${index}`, '2xx');
  }
  const lines = (await linesOf()).filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.length).toBeLessThanOrEqual(2_000);
  const counted = lines.filter((line) => line.startsWith('obp_http_requests_total{'));
  expect(counted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(1_000);
  expect(counted.some((line) => line.startsWith('obp_http_requests_total{operation="other",status="other"}'))).toBe(
    true,
  );
});

it('leaves a gap where a source fails or takes too long', async () => {
  const watches = [
    gauges.outboxTasks.watch((set) => set(1, 'customers', 'good')),
    gauges.outboxTasks.watch(() => Promise.reject(new Error('down'))),
    gauges.outboxTasks.watch(async (set) => {
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      set(1, 'customers', 'late');
    }),
  ];
  const lines = await linesOf();
  expect(lines.filter((line) => line.startsWith('obp_outbox_tasks{'))).toEqual([
    'obp_outbox_tasks{service="customers",kind="good"} 1',
  ]);
  watches.forEach((watch) => watch.close());
  expect((await linesOf()).filter((line) => line.startsWith('obp_outbox_tasks{'))).toEqual([]);
});
