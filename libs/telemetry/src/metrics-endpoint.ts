import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type * as PromClient from 'prom-client';
import type { Metric, Registry } from 'prom-client';
import type { Gauge, Record, Source } from './instrument.js';
import { gauges, metrics } from './metrics.js';
import { createSeries } from './series.js';

export interface MetricsOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** The client's own metrics that are gauges and called `_total`, which Prometheus reserves for counters. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];
/** The most time series of one process, apart from gauges and those of the process itself. */
const maxSeries = 1_700;
/** A source that takes longer is left out of this answer. */
const patience_ms = 1_000;

/**
 * Serves `GET /metrics` in the text format of Prometheus, and begins to count.
 * @throws Node's error for the port, such as EADDRINUSE
 */
export async function openMetrics({ host, port }: MetricsOptions): Promise<{ port: number; close(): Promise<void> }> {
  const prom = await import('prom-client');
  const registry = new prom.Registry();
  prom.collectDefaultMetrics({ register: registry });
  misnamed.forEach((name) => registry.removeSingleMetric(name));
  const budget = { left: maxSeries };
  for (const instrument of Object.values(metrics)) {
    const { record, metric } = createSeries(instrument.definition, budget);
    instrument.record = record;
    registry.registerMetric(metric as unknown as Metric);
  }
  for (const gauge of Object.values(gauges)) read(gauge, prom, registry);
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      Object.values(metrics).forEach((instrument) => instrument.silence());
      registry.clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Prom = typeof PromClient;

/** Reads a gauge's sources for each answer. */
function read({ definition, sources }: Gauge, prom: Prom, register: Registry): void {
  const { name, help, labels: labelNames } = definition;
  const gauge = new prom.Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [register],
    async collect() {
      gauge.reset();
      const set: Record = (value, ...labels) => gauge.labels(...labels).set(value);
      await Promise.all([...sources].map((source) => inTime(source, set)));
    },
  });
}

/** A source that fails or is late leaves a gap: what it would have read is not known. */
async function inTime(source: Source, set: Record): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      resolve();
    }, patience_ms);
  });
  const reading = async () => source((value, ...labels) => isLate || set(value, ...labels));
  await Promise.race([reading().catch(() => undefined), late]);
  clearTimeout(timer);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
