import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fail } from '@platform/failure';
import { bind, type BoundService, type Rpc, rpc } from '@platform/grpc';
import {
  BankLookupServiceDefinition,
  CallLimitServiceDefinition,
  Failure,
  IdentityServiceDefinition,
  JustInTimeEntitlementServiceDefinition,
  RestrictionServiceDefinition,
} from '@platform/messages';
import { type Backend, createBackend } from '../src/calls/backend.js';
import { secret, serve } from './gateway.js';

const findBank = rpc(BankLookupServiceDefinition, 'findBank');

const open: (() => Promise<void> | void)[] = [];
let called: string[];
beforeEach(() => {
  called = [];
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A gateway's calls to a directory that serves only this. */
async function callsTo(directory: BoundService): Promise<Backend> {
  const { port, close } = await serve([directory]);
  const backend = createBackend({
    addresses: { 'obp.directory.v1': `127.0.0.1:${port}` },
    secret,
    clock: Date.now,
    trail: { record: () => undefined },
    log: { warn: () => undefined },
    views: () => [],
  });
  open.push(close, () => backend.close());
  return backend;
}

/** The directory of the version before. */
const older = bind(IdentityServiceDefinition, {
  findBank: async (_request, { caller }) => (called.push(caller.rpc), { exists: true }),
  takeCalls: async ({ calls }, { caller }) => (called.push(caller.rpc), { granted: calls, window: null }),
  getRestrictions: async (_request, { caller }) => (called.push(caller.rpc), { restrictions: [] }),
  grantJustInTime: async (_request, { caller }) => (called.push(caller.rpc), {}),
});

const moved: [string, Rpc<unknown, unknown>, object, object][] = [
  ['FindBank', findBank as Rpc<unknown, unknown>, { bank_id: 'a' }, { exists: true }],
  [
    'TakeCalls',
    rpc(CallLimitServiceDefinition, 'takeCalls') as Rpc<unknown, unknown>,
    { subject: 's', limits: null, calls: 2 },
    { granted: 2, window: null },
  ],
  [
    'GetRestrictions',
    rpc(RestrictionServiceDefinition, 'getRestrictions') as Rpc<unknown, unknown>,
    {},
    { restrictions: [] },
  ],
  [
    'GrantJustInTime',
    rpc(JustInTimeEntitlementServiceDefinition, 'grantJustInTime') as Rpc<unknown, unknown>,
    { user_id: 'u', role: 0, at_bank_id: '', consumer_id: '' },
    {},
  ],
];

describe('a directory of the version before', () => {
  it.each(moved)('gets %s by its former name', async (name, method, request, response) => {
    const backend = await callsTo(older);
    expect(await backend.asService(method, request, 'c-1')).toEqual(response);
    expect(called).toEqual([`/obp.directory.v1.IdentityService/${name}`]);
  });
});

describe('a call that fails for another reason', () => {
  it('is not repeated by another name', async () => {
    const backend = await callsTo(
      bind(BankLookupServiceDefinition, {
        findBank: async () => (called.push('new'), fail(Failure.FAILURE_BANK_NOT_FOUND)),
      }),
    );
    await expect(backend.asService(findBank, { bank_id: 'a' }, 'c-1')).rejects.toThrow(/^OBP-30001/);
    expect(called).toEqual(['new']);
  });

  it('is OBP-10010 where neither name is served', async () => {
    const backend = await callsTo(bind(IdentityServiceDefinition, {}));
    await expect(backend.asService(findBank, { bank_id: 'a' }, 'c-1')).rejects.toThrow(/^OBP-10010/);
  });
});
