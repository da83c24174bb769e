import { afterEach, expect, it, jest } from '@jest/globals';
import { eventually } from '@platform/testing';
import { createOpen } from './open.js';
import { freePorts } from './free-ports.js';
import { bank, openSession } from './session.js';
import { sql } from './sql.js';
import { createStack, emptyDatabases, secrets } from './stack.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const { opened, closeAll } = createOpen();
afterEach(closeAll);

it("a request has its caller's trace_id in the log lines of gateway and service, recorded or not", async () => {
  const databases = opened(await emptyDatabases());
  // Nobody collects the spans: log lines need no collector.
  const { PORT } = await freePorts('PORT');
  const settings = { ...databases.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${PORT}` };
  const stack = opened(await createStack(settings));
  await stack.startAll();
  const session = opened(await openSession(stack.origin, secrets));
  // A bug of the service, as far as its log is concerned.
  await sql(databases.env['CUSTOMERS_DATABASE_URL'] as string, 'alter table customer rename to elsewhere');
  for (const [flags, trace] of [
    ['01', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['00', '0af7651916cd43dd8448eb211c80319c'],
  ] as const) {
    const { status, correlation_id } = await session.rest.send('GET', `/obp/v5.1.0/banks/${bank}/customers`, {
      headers: { DirectLogin: `token=${session.token}`, traceparent: `00-${trace}-00f067aa0ba902b7-${flags}` },
    });
    expect(status).toBe(500);
    const traceIdsOf = (name: string) =>
      linesOf(stack.output())
        .filter((line) => line['name'] === name && line['correlation_id'] === correlation_id)
        .map(({ trace_id }) => trace_id);
    for (const name of ['customers', 'gateway']) {
      await eventually(5_000, `a line of ${name}`, () => traceIdsOf(name).length > 0);
      expect([...new Set(traceIdsOf(name))]).toEqual([trace]);
    }
  }
});

const linesOf = (output: string) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
