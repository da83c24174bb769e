import { describe, expect, it } from '@jest/globals';
import type { AuditedCall, Outcome } from '@platform/audit';
import { type Endpoint, readEndpoints } from '@platform/endpoints';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { RequestContext, Operation } from '../calls/backend.js';
import { audited } from './audited.js';

const endpoints = readEndpoints();
const named = (name: string) => endpoints.find(({ operation_id }) => operation_id.endsWith(`-${name}`)) as Endpoint;
const requestContext: RequestContext = {
  claims: { user_id: 'u-1', consumer_id: 'c-1', bank_id: 'a', roles: [] },
  correlation_id: 'r-1',
  signal: () => new AbortController().signal,
};

/** Runs the operation as audited. @returns the events that the trail received */
async function told(
  name: string,
  work: { call?: () => Promise<object>; stream?: () => AsyncIterable<object> },
  request: object = {},
  read?: (items: AsyncIterable<object>) => Promise<void>,
): Promise<[AuditedCall, Outcome][]> {
  const seen: [AuditedCall, Outcome][] = [];
  const operation = { method: {}, call: work.call, stream: work.stream } as unknown as Operation;
  const watched = audited(named(name), operation, {
    record: (auditedCall, outcome) => void seen.push([auditedCall, outcome]),
  });
  const all = async (items: AsyncIterable<object>) => {
    for await (const _item of items);
  };
  await (
    work.call === undefined
      ? (read ?? all)(watched.stream(request, requestContext))
      : watched.call(request, requestContext)
  ).catch(() => undefined);
  return seen;
}

const auditedCall = (name: string): AuditedCall => ({
  operation_id: named(name).operation_id,
  user_id: 'u-1',
  consumer_id: 'c-1',
  correlation_id: 'r-1',
});
async function* chunks(count: number, end: () => void = () => undefined): AsyncGenerator<object> {
  for (let index = 0; index < count; index += 1) yield {};
  end();
}

describe('the trail', () => {
  it('is told of each call of an operation that its proto marks', async () => {
    const marked = endpoints.filter(({ audit }) => audit !== 0).map(({ operation_id }) => operation_id.split('-')[1]);
    expect(marked.sort()).toEqual([
      'deleteCustomerCascade',
      'getCustomersAtAnyBank',
      'getCustomersAtOneBank',
      'getCustomersMinimalAtAnyBank',
      'getCustomersMinimalAtOneBank',
      'getFirehoseCustomers',
      'sandboxDataImport',
      'watchCustomers',
    ]);
    const request = { bank_id: 'a', customer_id: 'k-1' };
    expect(await told('deleteCustomerCascade', { call: async () => ({}) }, request)).toEqual([
      [auditedCall('deleteCustomerCascade'), { kind: 'deletion', bank_id: 'a', subject: 'k-1' }],
    ]);
    expect(await told('createCustomer', { call: async () => ({}) }, request)).toEqual([]);
  });

  it('is told what a call failed with, and not what was asked for', async () => {
    expect(
      await told(
        'deleteCustomerCascade',
        { call: async () => fail(Failure.FAILURE_CUSTOMER_NOT_FOUND) },
        { customer_id: 'Eveline' },
      ),
    ).toEqual([[auditedCall('deleteCustomerCascade'), { kind: 'deletion', bank_id: 'a', result: 'OBP-30046' }]]);
    expect(
      await told('deleteCustomerCascade', {
        call: async () => {
          throw new Error('a bug');
        },
      }),
    ).toMatchObject([[{}, { result: 'OBP-50000' }]]);
  });

  it('is told of a refusal by any operation that decides by itself', async () => {
    expect(await told('addEntitlement', { call: async () => fail(Failure.FAILURE_USER_NOT_SUPER_ADMIN) })).toEqual([
      [auditedCall('addEntitlement'), { kind: 'refusal', bank_id: 'a', result: 'OBP-20050' }],
    ]);
    expect(
      await told('createUserWithRoles', { call: async () => fail(Failure.FAILURE_ENTITLEMENT_CANNOT_BE_GRANTED) }),
    ).toMatchObject([[{}, { kind: 'refusal', result: 'OBP-30220' }]]);
    expect(await told('addEntitlement', { call: async () => fail(Failure.FAILURE_ENTITLEMENT_EXISTS) })).toEqual([]);
  });

  it('is told how a list ended: at its end, by a failure, or because nobody read on', async () => {
    const list = 'getCustomersAtOneBank';
    const outcome = async (...given: Parameters<typeof told> extends [string, ...infer Rest] ? Rest : never) =>
      (await told(list, ...given)).map(([, { kind, result }]) => [kind, result]);
    expect(await outcome({ stream: () => chunks(3) })).toEqual([['export', undefined]]);
    expect(await outcome({ stream: () => chunks(3, () => fail(Failure.FAILURE_REQUEST_TIMEOUT)) })).toEqual([
      ['export', 'OBP-01000'],
    ]);
    expect(
      await outcome({ stream: () => chunks(3) }, {}, async (items) => {
        for await (const _first of items) break;
      }),
    ).toEqual([['export', 'incomplete']]);
  });
});
