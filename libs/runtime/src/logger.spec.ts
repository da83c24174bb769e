import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { beginTrace, openTelemetry, readTraceHeaders } from '@platform/telemetry';
import { createLogger, type Logger } from './logger.js';

function logged(write: (log: Logger) => void): { text: string; line: Record<string, unknown> } {
  let text = '';
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  write(createLogger('customers', 'info', sink));
  return { text, line: JSON.parse(text.split('\n')[0] || '{}') as Record<string, unknown> };
}

/** An error as a driver throws it: the row's values are in message, detail, where and query. */
function databaseError(): Error {
  const error = new Error('invalid input syntax: "Eveline Tripman"');
  error.stack = `error: invalid input syntax: "Eveline Tripman"\n    at parse (parser.js:1:2)`;
  return Object.assign(error, {
    severity: 'ERROR',
    code: '23505',
    constraint: 'customer_number_key',
    table: 'customer',
    detail: 'Key (number)=(Eveline Tripman) already exists.',
    query: `insert into customer values ('Eveline Tripman')`,
  });
}

describe('the log', () => {
  it('names the service and nothing below its level', () => {
    expect(logged((log) => log.info('up')).line).toMatchObject({ name: 'customers', msg: 'up' });
    expect(logged((log) => log.debug('detail')).text).toBe('');
  });

  it('never holds what a database error says of a row', () => {
    const { text, line } = logged((log) => log.error({ err: databaseError() }, 'rpc failed'));
    expect(text).not.toContain('Eveline');
    expect(line['err']).toMatchObject({
      code: '23505',
      constraint: 'customer_number_key',
      table: 'customer',
      message: 'a database error',
      stack: ['at parse (parser.js:1:2)'],
    });
  });

  it('never holds it either when the error is logged without words', () => {
    expect(logged((log) => log.error(databaseError())).text).not.toContain('Eveline');
    expect(logged((log) => log.error({ err: databaseError() })).text).not.toContain('Eveline');
  });

  it('recognises the errors of the ORM', () => {
    class UniqueConstraintViolationException extends Error {}
    expect(
      logged((log) => log.error({ err: new UniqueConstraintViolationException('Eveline') }, 'x')).text,
    ).not.toContain('"Eveline"');
  });

  it('keeps the message of other errors, and only the kind of what is no error', () => {
    expect(logged((log) => log.error({ err: new TypeError('no such method') }, 'x')).line['err']).toMatchObject({
      type: 'TypeError',
      message: 'no such method',
    });
    expect(logged((log) => log.error({ err: 'Eveline' }, 'x')).line['err']).toEqual({ type: 'string' });
  });

  it.each(['password', 'token', 'authorization', 'secret', 'consumer_key'])('cuts %s, also one level down', (key) => {
    const { text } = logged((log) => log.info({ [key]: 'hunter2', login: { [key]: 'hunter2' } }, 'x'));
    expect(text).not.toContain('hunter2');
    expect(text).toContain('[redacted]');
  });

  it('names the trace of a request, recorded or not', async () => {
    const traces = {
      name: 'test',
      version: '0',
      endpoint: 'http://127.0.0.1:9',
      ratio: 0,
      follows_caller: true,
    };
    const telemetry = await openTelemetry({ traces });
    const headers = readTraceHeaders('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00', '');
    const trace = beginTrace({ correlation_id: 'c-1', given: headers, name: 'request', attributes: () => ({}) });
    const trace_id = '0af7651916cd43dd8448eb211c80319c';
    expect(logged((log) => log.info({ correlation_id: 'c-1' }, 'x')).line).toMatchObject({ trace_id });
    expect(logged((log) => log.info({ correlation_id: 'c-2' }, 'x')).line).not.toHaveProperty('trace_id');
    trace?.end();
    await telemetry.close();
    expect(logged((log) => log.info({ correlation_id: 'c-1' }, 'x')).line).not.toHaveProperty('trace_id');
  });
});
