import { Writable } from 'node:stream';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fail, ObpFailure, UntrustedCaller } from '@platform/failure';
import {
  BankLookupServiceDefinition,
  CustomerServiceDefinition,
  Failure,
  IdentityServiceDefinition,
} from '@platform/messages';
import { createLogger } from '@platform/runtime';
import { bind, type Call, rpc } from '../src/index.js';
import {
  carriages,
  carryBy,
  context,
  createGate,
  errorOf,
  findBank,
  logIn,
  nobody,
  password,
  serve,
  type Served,
} from './fake-service.js';

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

describe.each(carriages)('a unary call by %s', (by) => {
  beforeEach(() => carryBy(by));

  it('takes request, caller and correlation id there and the response back', async () => {
    const seen: Call[] = [];
    served = await serve(
      [
        bind(BankLookupServiceDefinition, {
          findBank: async ({ bank_id }, call) => {
            seen.push(call);
            return { exists: bank_id === 'gh.29.uk' };
          },
        }),
      ],
      {
        authorize: (path, request, assertion) => ({
          ...nobody,
          user_id: `${path} ${JSON.stringify(request)} ${assertion?.toString() ?? ''}`,
        }),
      },
    );
    expect(await served.peer.call(findBank, { bank_id: 'gh.29.uk' }, context)).toEqual({ exists: true });
    expect(await served.peer.call(findBank, { bank_id: 'x' }, context)).toEqual({ exists: false });
    expect(seen[0]).toMatchObject({
      correlation_id: 'c-1',
      caller: { user_id: '/obp.directory.v1.BankLookupService/FindBank {"bank_id":"gh.29.uk"} anybody' },
    });
  });

  it('brings a failure across with its detail', async () => {
    served = await serve([
      bind(BankLookupServiceDefinition, {
        findBank: async () => fail(Failure.FAILURE_BANK_NOT_FOUND, ' Current BankId is ß"\n'),
      }),
    ]);
    const error = await errorOf(served.peer.call(findBank, { bank_id: '' }, context));
    expect(error).toBeInstanceOf(ObpFailure);
    expect(error).toMatchObject({ failure: Failure.FAILURE_BANK_NOT_FOUND, detail: ' Current BankId is ß"\n' });
  });

  it('brings a long detail across in part, and other calls do not suffer', async () => {
    const detail = ` ${'ß'.repeat(60_000)}`;
    served = await serve([
      bind(BankLookupServiceDefinition, {
        findBank: async ({ bank_id }) =>
          bank_id === 'x' ? fail(Failure.FAILURE_BANK_NOT_FOUND, detail) : { exists: true },
      }),
    ]);
    const { peer } = served;
    const calls = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0
        ? errorOf(peer.call(findBank, { bank_id: 'x' }, context))
        : peer.call(findBank, { bank_id: 'y' }, context),
    );
    for (const [index, outcome] of (await Promise.all(calls)).entries()) {
      if (index % 2 === 1) expect(outcome).toEqual({ exists: true });
      else
        expect(outcome).toMatchObject({
          failure: Failure.FAILURE_BANK_NOT_FOUND,
          detail: expect.stringMatching(/^ ß{2047}…$/),
        });
    }
  });

  it('is refused before its handler runs when the authorizer throws', async () => {
    let ran = false;
    served = await serve([bind(BankLookupServiceDefinition, { findBank: async () => ({ exists: (ran = true) }) })], {
      authorize: () => fail(Failure.FAILURE_USER_NOT_LOGGED_IN),
    });
    expect(await errorOf(served.peer.call(findBank, { bank_id: '' }, context))).toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
    expect(ran).toBe(false);
  });

  it('of a caller that is not trusted is UNAUTHENTICATED and no failure of the contract', async () => {
    served = await serve([bind(BankLookupServiceDefinition, { findBank: async () => ({ exists: true }) })], {
      authorize: () => {
        throw new UntrustedCaller();
      },
    });
    const error = await errorOf(served.peer.call(findBank, { bank_id: '' }, context));
    expect(error).not.toBeInstanceOf(ObpFailure);
    expect(error['code']).toBe(status.UNAUTHENTICATED);
  });

  it('says nothing of an untyped error, whose cause is in the log with the correlation id', async () => {
    let logged = '';
    const log = createLogger(
      'test',
      'info',
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          logged += chunk.toString();
          done();
        },
      }),
    );
    served = await serve(
      [
        bind(BankLookupServiceDefinition, {
          findBank: async () => {
            throw new Error('connect to 10.0.0.7 failed');
          },
        }),
      ],
      { log },
    );
    const error = await errorOf(served.peer.call(findBank, { bank_id: '' }, context));
    expect(error['code']).toBe(status.INTERNAL);
    expect(JSON.stringify([error.message, error['details'], error['metadata']])).not.toContain('10.0.0.7');
    expect(logged).toContain('10.0.0.7');
    expect(logged).toContain('c-1');
  });

  it('without a handler, or without a service, is not implemented', async () => {
    served = await serve([bind(BankLookupServiceDefinition, {})]);
    expect(await errorOf(served.peer.call(findBank, { bank_id: '' }, context))).toMatchObject({
      failure: Failure.FAILURE_NOT_IMPLEMENTED,
    });
    const elsewhere = rpc(CustomerServiceDefinition, 'batchGetCustomers');
    expect(await errorOf(served.peer.call(elsewhere, { keys: [] }, context))).toMatchObject({
      failure: Failure.FAILURE_NOT_IMPLEMENTED,
    });
  });

  it('ends at its deadline as OBP-01000', async () => {
    const gate = createGate();
    served = await serve([
      bind(BankLookupServiceDefinition, {
        findBank: async () => {
          await gate.open;
          return { exists: true };
        },
      }),
    ]);
    const error = await errorOf(served.peer.call(findBank, { bank_id: '' }, { ...context, timeout_ms: 100 }));
    gate.release();
    expect(error).toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
    expect(error.message).toMatch(/^OBP-01000/);
  });

  it('ends when its caller gives up, also one who gave up before, and the handler is told', async () => {
    const told = createGate();
    const started = createGate();
    served = await serve([
      bind(BankLookupServiceDefinition, {
        findBank: async (_request, call) => {
          call.signal().addEventListener('abort', told.release);
          started.release();
          await told.open;
          return { exists: true };
        },
      }),
    ]);
    const controller = new AbortController();
    const failed = errorOf(served.peer.call(findBank, { bank_id: '' }, { ...context, signal: controller.signal }));
    await started.open;
    controller.abort();
    expect((await failed)['code']).toBe(status.CANCELLED);
    await told.open;
    expect(
      (await errorOf(served.peer.call(findBank, { bank_id: '' }, { ...context, signal: AbortSignal.abort() })))['code'],
    ).toBe(status.CANCELLED);
  });

  it('is refused when it, or its answer, is longer than 4 MiB', async () => {
    const long = 'x'.repeat(4 * 1024 * 1024);
    let ran = false;
    served = await serve([
      bind(IdentityServiceDefinition, {
        logIn: async ({ username }) => {
          ran = username === long;
          return { token: username === 'long' ? long : 'T' };
        },
      }),
    ]);
    expect((await errorOf(served.peer.call(logIn, { ...password, username: long }, context)))['code']).toBe(
      status.RESOURCE_EXHAUSTED,
    );
    expect(ran).toBe(false);
    expect((await errorOf(served.peer.call(logIn, { ...password, username: 'long' }, context)))['code']).toBe(
      status.RESOURCE_EXHAUSTED,
    );
    expect(await served.peer.call(logIn, password, context)).toEqual({ token: 'T' });
  });

  it('is served nowhere where another server listens', async () => {
    served = await serve([]);
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    await expect(serve([], { port: served.port })).rejects.toMatchObject({ code: 'EADDRINUSE', port: served.port });
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });
});
