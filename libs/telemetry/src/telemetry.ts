import { type MetricsOptions, openMetrics } from './metrics-endpoint.js';
import type { OtlpOptions } from './otlp-tracer.js';
import { type Sampling, startTracing } from './tracing.js';

export interface TelemetryOptions {
  /** Absent: nothing is counted. */
  readonly metrics?: MetricsOptions;
  /** Absent: nothing is traced. */
  readonly traces?: OtlpOptions & Sampling;
}

export interface Telemetry {
  /** The port of `GET /metrics`; undefined when nothing is counted. */
  readonly metrics_port: number | undefined;
  close(): Promise<void>;
}

/** Begins to measure and trace this process. What is off is not even loaded. */
export async function openTelemetry({ metrics: endpoint, traces }: TelemetryOptions): Promise<Telemetry> {
  const measured = endpoint === undefined ? undefined : await openMetrics(endpoint);
  const traced =
    traces === undefined
      ? undefined
      : startTracing((await import('./otlp-tracer.js')).createOtlpTracer(traces), traces);
  return {
    metrics_port: measured?.port,
    async close() {
      await traced?.close();
      await measured?.close();
    },
  };
}
