import { openTelemetry } from '@platform/telemetry';
import { z } from 'zod';
import { kinds, type Values } from './env.js';
import { createLogger, type LogLevel } from './logger.js';
import type { Running } from './main.js';
import { version } from './version.js';

/** What every process can measure and trace. The names that begin with OTEL are OpenTelemetry's. */
export const telemetrySettings = {
  METRICS_PORT: {
    schema: kinds.optionalPort(),
    about:
      'port for GET /metrics, in the text format of Prometheus, on HOST; empty: nothing is measured; 0: any free port',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: z
      .string()
      .default('')
      .refine((text) => text === '' || /^https?:\/\/\S+$/.test(text), 'must be an http:// or https:// URL'),
    about: 'collector that gets spans in OTLP over HTTP, such as http://127.0.0.1:4318; empty: nothing is traced',
  },
  OTEL_TRACES_SAMPLER: {
    schema: kinds.choice(['parentbased_traceidratio', 'traceidratio'], 'parentbased_traceidratio'),
    about: 'parentbased_traceidratio: a caller that sends a traceparent decides; traceidratio: it does not',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: z
      .string()
      .default('0.01')
      .refine((text) => /^(0|1|[01]?\.\d+)$/.test(text) && Number(text) <= 1, 'must be a number from 0 to 1')
      .transform(Number),
    about: 'the part of the requests that is traced, from 0 to 1',
  },
} as const;

type TelemetryValues = Values<typeof telemetrySettings> & { readonly HOST: string; readonly LOG_LEVEL: LogLevel };

/** Runs a process so that it is measured and traced as the settings say, until it is closed. */
export async function withTelemetry<R extends Running>(
  name: string,
  values: TelemetryValues,
  start: () => Promise<R>,
): Promise<R> {
  const { METRICS_PORT: port, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, HOST: host } = values;
  const telemetry = await openTelemetry({
    ...(port === undefined ? {} : { metrics: { host, port } }),
    ...(endpoint === ''
      ? {}
      : {
          traces: {
            name,
            version,
            endpoint,
            ratio: values.OTEL_TRACES_SAMPLER_ARG,
            follows_caller: values.OTEL_TRACES_SAMPLER === 'parentbased_traceidratio',
          },
        }),
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new Error(`port ${port} is in use: set METRICS_PORT to another one`, { cause: error })
      : error;
  });
  if (telemetry.metrics_port !== undefined)
    createLogger(name, values.LOG_LEVEL).info({ port: telemetry.metrics_port }, 'serving metrics');
  try {
    const running = await start();
    return {
      ...running,
      async close() {
        await running.close();
        await telemetry.close();
      },
    };
  } catch (error) {
    await telemetry.close();
    throw error;
  }
}
