import { traceIdOf } from '@platform/telemetry';
import { type DestinationStream, type Logger as PinoLogger, type LoggerOptions, pino } from 'pino';

export type Logger = PinoLogger;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const secretNames = [
  'password',
  'token',
  'authorization',
  'secret',
  'consumer_key',
  'consumer_secret',
  'token_secret',
  'verifier',
];

/**
 * Writes JSON lines to standard output or to `destination`. Secrets do not get into the log: headers and bodies are not
 * logged, and the values of these keys are removed.
 */
export function createLogger(service: string, level: LogLevel, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    name: service,
    level,
    redact: {
      paths: secretNames.flatMap((name) => [name, `*.${name}`]),
      censor: '[redacted]',
    },
    mixin(line) {
      const trace_id = traceIdOf((line as { readonly correlation_id?: string }).correlation_id);
      return trace_id === undefined ? {} : { trace_id };
    },
    serializers: { err: describeError },
    hooks: {
      // For an error logged without a text, pino would use the error's own message, past the serializer.
      logMethod(inputs, method) {
        const [first, ...rest] = inputs as [unknown, ...unknown[]];
        const error = first instanceof Error ? { err: first } : first;
        const wordless = rest.length === 0 && typeof error === 'object' && error !== null && 'err' in error;
        method.apply(this, (wordless ? [error, 'error'] : [error, ...rest]) as Parameters<typeof method>);
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/**
 * The parts of an error that are logged. A driver's error contains the row's values in `detail` and the parameters in
 * `query`, which are personal data, so only these members are logged.
 */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint, table } = error as Error & Record<string, unknown>;
  const database = 'severity' in error || 'query' in error || error.constructor.name.includes('Exception');
  return {
    type: error.constructor.name,
    message: database ? 'a database error' : error.message,
    stack: framesOf(error),
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
  };
}

function framesOf(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 12)
    .map((line) => line.trim());
}
