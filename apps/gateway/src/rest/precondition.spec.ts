import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { etagOf } from '../http/etag.js';
import type { Plan } from './plan.js';
import { callIf, type ConditionalCall, preconditionOf } from './precondition.js';

const different = () => new ObpFailure(Failure.FAILURE_PRECONDITION_FAILED);

/** A record with a version; `write` may throw. */
function recordOf(write: (expected: unknown) => void) {
  const record = { text: 'a', version: 1 };
  const told: string[] = [];
  const operation = (call: (request: object) => Promise<object>) => ({ operation: { call } });
  const call = {
    plan: {
      endpoint: { rpc_path: '/a.B/C', request: { fields: [] } },
      ...operation(async (request) => {
        write((request as { expected_version: unknown }).expected_version);
        return { done: true };
      }),
    } as unknown as Plan,
    representation: {
      endpoint: { routes: [{ segments: [{ literal: 'records' }, { field: 'id' }] }] },
      bind: (path: object) => path,
      render: ({ text }: { text: string }) => text,
      ...operation(async () => ({ ...record })),
    } as unknown as Plan,
    request: { id: 'one' },
    requestContext: {} as ConditionalCall['requestContext'],
    version: 'v5.1.0',
    tell: (etag: string) => void told.push(etag),
  } satisfies ConditionalCall;
  return { record, told, call, etag: () => etagOf('/obp/v5.1.0/records/one', record.text) };
}

describe('a conditional call', () => {
  it('is tried again when the record changed in a way that its tag does not show', async () => {
    const expected: unknown[] = [];
    const { record, call, etag, told } = recordOf((version) => {
      expected.push(version);
      if (expected.length === 3) return;
      record.version += 1;
      throw different();
    });
    expect(await callIf({ match: [etag()], isNew: false }, call)).toEqual({ done: true });
    expect([expected, told]).toEqual([[1, 2, 3], []]);
  });

  it('is refused with the present tag when the record changed visibly after it was compared', async () => {
    const { record, call, etag, told } = recordOf(() => {
      record.text = 'b';
      throw different();
    });
    await expect(callIf({ match: [etag()], isNew: false }, call)).rejects.toThrow('OBP-09412');
    expect(told).toEqual([etag()]);
  });

  it('ends when the record changes again and again', async () => {
    let tries = 0;
    const { call, etag } = recordOf(() => {
      tries += 1;
      throw different();
    });
    await expect(callIf({ match: [etag()], isNew: false }, call)).rejects.toThrow('OBP-09412');
    expect(tries).toBe(5);
  });

  it('says no version where any state will do, and passes other failures on', async () => {
    const { call } = recordOf((version) => {
      throw new Error(String(version));
    });
    await expect(callIf({ match: '*', isNew: false }, call)).rejects.toThrow('null');
  });

  it.each([
    ['a path that does not name the record', { request: { id: null } }],
    ['an operation whose record no other shows', { representation: undefined }],
  ])('is refused on %s', async (_what, change) => {
    const { call, etag } = recordOf(() => undefined);
    await expect(callIf({ match: [etag()], isNew: false }, { ...call, ...change })).rejects.toThrow('OBP-09412');
  });
});

describe('a precondition', () => {
  const of = (method: string, headers: Record<string, string>) =>
    preconditionOf({ method, headers } as unknown as IncomingMessage);

  it.each([
    ['PUT', {}, undefined],
    ['GET', { 'if-match': 'x' }, undefined],
    ['POST', { 'if-match': 'x', 'if-none-match': '*' }, undefined],
    ['PUT', { 'if-none-match': 'x' }, undefined],
    ['DELETE', { 'if-match': 'x, "y",W/"z"' }, { match: ['x', 'y', 'W/"z"'], isNew: false }],
    ['PUT', { 'if-match': '*' }, { match: '*', isNew: false }],
    ['PUT', { 'if-none-match': ' * ' }, { match: undefined, isNew: true }],
  ])('%s %j', (method, headers, expected) => {
    expect(of(method, headers as Record<string, string>)).toEqual(expected);
  });
});
