import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fail } from '@platform/failure';
import {
  BankLookupServiceDefinition,
  type CallFrame,
  CustomerServiceDefinition,
  type CustomersMinimal,
  ExchangeRequest,
  ExchangeResponse,
  Failure,
  FrameKind,
  IdentityServiceDefinition,
} from '@platform/messages';
import { createProxy, createRandom, eventually, patient } from '@platform/testing';
import { exchangeMethod } from '../src/exchange/frame-stream.js';
import { fromWire } from '../src/status.js';
import { bind, type BoundService, type CallContext, createPeer, type Peer } from '../src/index.js';
import {
  callerKey,
  context,
  createGate,
  errorOf,
  findBank,
  listCustomers,
  logIn,
  nobody,
  noPage,
  password,
  resolveToken,
  serve,
  type Served,
} from './fake-service.js';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(services: readonly BoundService[], options: Parameters<typeof serve>[1] = {}): Promise<Served> {
  const served = await serve(services, { drain_ms: 500, ...options });
  closing.push(() => served.close());
  return served;
}

function peerAt(addresses: string, options: Partial<Parameters<typeof createPeer>[2]> = {}): Peer {
  const peer = createPeer(addresses, callerKey, { tls: undefined, service: '', ...options });
  closing.push(() => peer.close());
  return peer;
}

const identity = (username: string) => ({
  user_id: '',
  consumer_id: '',
  username,
  roles: [],
  super_admin: false,
  scopes: [],
  call_limits: null,
});
const named = (name: string) =>
  bind(IdentityServiceDefinition, { resolveToken: async () => identity(name), logIn: async () => ({ token: name }) });
const ask = { token_hash: Buffer.alloc(0) };
const nameOf = async (peer: Peer, given: CallContext = context) => (await peer.call(resolveToken, ask, given)).username;

describe('a replica that goes silent', () => {
  it('is left within 3 s: its reads are answered by another, its commands by itself when it goes on', async () => {
    const gate = createGate();
    const slow = bind(IdentityServiceDefinition, {
      resolveToken: async () => identity('a'),
      logIn: async () => {
        await gate.open;
        return { token: 'a' };
      },
    });
    const [a, b] = [await start([slow]), await start([named('b')])];
    const proxy = await createProxy(a.port);
    closing.push(() => proxy.close());
    const peer = peerAt(`127.0.0.1:${proxy.port},127.0.0.1:${b.port}`);
    await eventually(2_000, 'replica a', async () => (await nameOf(peer)) === 'a');
    proxy.silence();
    const since = performance.now();
    const names = await Promise.all(Array.from({ length: 20 }, () => nameOf(peer)));
    expect(new Set(names)).toContain('b');
    expect(performance.now() - since).toBeLessThan(patient(4_000));
    // A new connection to the same replica works.
    await eventually(3_000, 'replica a again', async () => (await nameOf(peer)) === 'a');
    gate.release();
  }, 20_000);

  it('is heard when it goes on, where it is the only one', async () => {
    const a = await start([named('a')]);
    const proxy = await createProxy(a.port);
    closing.push(() => proxy.close());
    const peer = peerAt(`127.0.0.1:${proxy.port}`);
    await nameOf(peer);
    proxy.pause();
    const asked = [nameOf(peer), peer.call(logIn, password, context).then(({ token }) => token)];
    await sleep(3_000);
    proxy.resume();
    expect(await Promise.all(asked)).toEqual(['a', 'a']);
  }, 20_000);

  it('holds no caller beyond its deadline where it is the only one', async () => {
    const a = await start([named('a')]);
    const proxy = await createProxy(a.port);
    closing.push(() => proxy.close());
    const peer = peerAt(`127.0.0.1:${proxy.port}`);
    await nameOf(peer);
    proxy.silence();
    const since = performance.now();
    const command = errorOf(peer.call(logIn, password, { ...context, timeout_ms: 1_000 }));
    expect(await command).toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
    expect(performance.now() - since).toBeLessThan(patient(1_500));
    await eventually(6_000, 'an answer', async () =>
      nameOf(peer).then(
        () => true,
        () => false,
      ),
    );
  }, 20_000);
});

describe('a name', () => {
  it('with a new address has a new replica, and with one less has lost one, within 5 s', async () => {
    const a = await start([named('a')]);
    let found: readonly string[] = ['127.0.0.1'];
    // All addresses of a name share one port: the loopback network has many addresses.
    const other = await serve([named('c')], { host: '127.0.0.2', port: a.port });
    closing.push(() => other.close());
    const peer = peerAt(`customers.test:${a.port}`, { resolve: async () => found });
    expect(await nameOf(peer)).toBe('a');
    found = ['127.0.0.1', '127.0.0.2'];
    await eventually(5_000, 'replica c', async () => (await nameOf(peer)) === 'c');
    found = ['127.0.0.2'];
    await sleep(3_000);
    for (let index = 0; index < 10; index += 1) expect(await nameOf(peer)).toBe('c');
  }, 20_000);

  it('that cannot be looked up keeps the addresses that it had', async () => {
    const a = await start([named('a')]);
    let known = true;
    const peer = peerAt(`customers.test:${a.port}`, {
      resolve: async () => (known ? ['127.0.0.1'] : Promise.reject(new Error('no such name'))),
    });
    expect(await nameOf(peer)).toBe('a');
    known = false;
    await sleep(2_500);
    expect(await nameOf(peer)).toBe('a');
  }, 20_000);
});

describe('replicas of two builds', () => {
  it('are both called, and the older is called by frames as soon as it is replaced', async () => {
    const [old, present] = [
      await serve([named('old')], { exchanges: false, drain_ms: 200 }),
      await start([named('present')]),
    ];
    const peer = peerAt(`127.0.0.1:${old.port},127.0.0.1:${present.port}`);
    const seen = new Set<string>();
    await eventually(3_000, 'both replicas', async () => seen.add(await nameOf(peer)).size === 2);
    let failed = 0;
    let running = true;
    const load = Promise.all(
      Array.from({ length: 4 }, async () => {
        for (; running; await sleep(2)) await peer.call(logIn, password, context).catch(() => (failed += 1));
      }),
    );
    await sleep(200);
    await old.close();
    const renewed = await start([named('renewed')], { port: old.port });
    await eventually(6_000, 'the renewed one', async () => (await nameOf(peer)) === 'renewed');
    running = false;
    await load;
    expect(failed).toBe(0);
    expect(renewed.port).toBe(old.port);
  }, 30_000);
});

describe('a replica that an older build takes the place of', () => {
  it('is called by its plain methods, also when the connection before went silent', async () => {
    const newer = await serve([named('newer')], { drain_ms: 100 });
    const proxy = await createProxy(newer.port);
    closing.push(() => proxy.close());
    const peer = peerAt(`127.0.0.1:${proxy.port}`);
    await nameOf(peer);
    proxy.silence();
    await eventually(6_000, 'an answer', async () =>
      nameOf(peer).then(
        () => true,
        () => false,
      ),
    );
    await newer.close();
    await start([named('older')], { exchanges: false, port: newer.port });
    await eventually(6_000, 'the older one', async () => (await nameOf(peer).catch(() => '')) === 'older');
  }, 20_000);

  it('has one stream when it is renewed, however often it was asked for one while nobody was there', async () => {
    const old = await serve([named('old')], { exchanges: false, drain_ms: 100 });
    const peer = peerAt(`127.0.0.1:${old.port}`);
    await nameOf(peer);
    await old.close();
    // The replica is asked again for an exchange, which waits; then it is called, and asked once more.
    await sleep(5_500);
    await errorOf(nameOf(peer, { ...context, timeout_ms: 100 }));
    const server = new Server();
    let streams = 0;
    server.addService(
      { exchange: exchangeMethod },
      {
        exchange: (call: ServerDuplexStream<ExchangeRequest, ExchangeResponse>) =>
          void ((streams += 1), call.on('cancelled', () => (streams -= 1)).on('error', () => undefined)),
      },
    );
    closing.push(() => server.forceShutdown());
    await new Promise<void>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${old.port}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      ),
    );
    await eventually(5_000, 'a stream', async () => streams > 0);
    await sleep(500);
    expect(streams).toBe(1);
  }, 20_000);
});

describe('a server that stops', () => {
  it('answers what it has begun, and what it has not begun is answered elsewhere, commands too', async () => {
    const [a, b] = [await serve([named('a')], { drain_ms: 2_000 }), await start([named('b')])];
    const peer = peerAt(`127.0.0.1:${a.port},127.0.0.1:${b.port}`);
    await eventually(2_000, 'replica a', async () => (await nameOf(peer)) === 'a');
    const commands: Promise<{ token: string }>[] = [];
    for (let index = 0; index < 200; index += 1) {
      commands.push(peer.call(logIn, password, context), peer.call(logIn, password, context));
      if (index === 50) void a.close();
      if (index % 10 === 0) await sleep(1);
    }
    const tokens = (await Promise.all(commands)).map(({ token }) => token);
    expect(new Set(tokens)).toEqual(new Set(['a', 'b']));
    expect(tokens.slice(-100)).toEqual(Array.from({ length: 100 }, () => 'b'));
  });

  it('ends a stream with an error when it takes longer than its drain', async () => {
    const served = await serve(
      [
        bind(CustomerServiceDefinition, {
          getCustomersMinimalAtAnyBank: async function* (_request, call) {
            yield { customers: [] };
            await new Promise<void>((resolve) => call.signal().addEventListener('abort', () => resolve()));
          },
        }),
      ],
      { drain_ms: 100 },
    );
    const peer = peerAt(`127.0.0.1:${served.port}`);
    const chunks = peer.stream(listCustomers, noPage, context)[Symbol.asyncIterator]();
    await chunks.next();
    await served.close();
    expect(await errorOf(chunks.next())).toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
  });
});

describe('a connection that breaks', () => {
  it('costs no read, and of commands those alone that may have run', async () => {
    let ran = 0;
    const gate = createGate();
    const slow = bind(IdentityServiceDefinition, {
      resolveToken: async () => {
        await gate.open;
        return identity('a');
      },
      logIn: async () => {
        ran += 1;
        await gate.open;
        return { token: 'a' };
      },
    });
    const [a, b] = [await serve([slow], { drain_ms: 1 }), await start([named('b')])];
    const peer = peerAt(`127.0.0.1:${a.port},127.0.0.1:${b.port}`);
    await eventually(5_000, 'replica b', async () =>
      peer.call(logIn, password, { ...context, timeout_ms: 200 }).then(
        ({ token }) => token === 'b' && ran > 0,
        () => false,
      ),
    );
    ran = 0;
    const asked = {
      commands: Array.from({ length: 20 }, () =>
        peer.call(logIn, password, context).then(
          ({ token }) => token,
          (error: Error) => error.message,
        ),
      ),
      reads: Array.from({ length: 20 }, () => nameOf(peer)),
    };
    await sleep(50);
    await a.close();
    gate.release();
    expect(new Set(await Promise.all(asked.reads))).toEqual(new Set(['b']));
    const commands = await Promise.all(asked.commands);
    expect(commands.filter((token) => token !== 'b')).toEqual(
      Array.from({ length: ran }, () => expect.stringMatching(/^OBP-01000/)),
    );
    expect(ran).toBeGreaterThan(0);
  });
});

describe('calls without end', () => {
  it('wait for their turn beyond a thousand at once, and are refused beyond ten thousand more', async () => {
    const gate = createGate();
    let atOnce = 0;
    let most = 0;
    const { peer } = await start([
      bind(BankLookupServiceDefinition, {
        findBank: async () => {
          most = Math.max(most, (atOnce += 1));
          await gate.open;
          atOnce -= 1;
          return { exists: true };
        },
      }),
    ]);
    await peer.serving(2_000);
    const calls = Array.from({ length: 11_500 }, () =>
      peer.call(findBank, { bank_id: '' }, { ...context, timeout_ms: 30_000 }).then(
        () => 'answered',
        (error: Error) => error.message,
      ),
    );
    await eventually(5_000, '1,000 calls at once', async () => atOnce === 1_000);
    gate.release();
    const outcomes = await Promise.all(calls);
    const count = (of: RegExp) => outcomes.filter((one) => of.test(one)).length;
    expect(most).toBe(1_000);
    expect(count(/^OBP-10018/)).toBeGreaterThanOrEqual(500);
    expect(count(/answered/) + count(/^OBP-10018/)).toBe(11_500);
    expect(count(/answered/)).toBeGreaterThanOrEqual(10_000);
  }, 30_000);
});

describe('what is left of a deadline', () => {
  it('is all that a call within a call gets, and look-ups behind a slow one', async () => {
    const never = createGate();
    const inner = await start([
      bind(IdentityServiceDefinition, {
        resolveToken: async (_request, call) => {
          await Promise.race([never.open, new Promise((resolve) => call.signal().addEventListener('abort', resolve))]);
          return identity('late');
        },
      }),
    ]);
    const to = peerAt(`127.0.0.1:${inner.port}`);
    let left = 0;
    const outer = await start([
      bind(BankLookupServiceDefinition, {
        findBank: async (_request, { correlation_id }) => {
          await sleep(300);
          const since = performance.now();
          await nameOf(to, { ...context, correlation_id }).catch(() => undefined);
          left = performance.now() - since;
          return { exists: true };
        },
      }),
    ]);
    expect(
      await errorOf(
        outer.peer.call(findBank, { bank_id: '' }, { ...context, correlation_id: 'one request', timeout_ms: 1_000 }),
      ),
    ).toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
    await eventually(1_000, 'a call that left', async () => left > 0);
    expect(left).toBeGreaterThan(400);
    expect(left).toBeLessThan(900);
    never.release();
  });
});

describe('a list beside short calls', () => {
  it('holds none of them up, and is as long as its reader lets it be', async () => {
    const line: CustomersMinimal = {
      customers: Array.from({ length: 500 }, (_, index) => ({
        customer_id: `${index}`.padEnd(400, 'x'),
        bank_id: 'a',
      })),
    };
    let made = 0;
    const { peer } = await start([
      bind(CustomerServiceDefinition, {
        getCustomersMinimalAtAnyBank: async function* () {
          for (; made < 100; made += 1) yield line;
        },
      }),
      bind(IdentityServiceDefinition, { resolveToken: async () => identity('a') }),
    ]);
    const chunks = peer.stream(listCustomers, noPage, context)[Symbol.asyncIterator]();
    await chunks.next();
    for (let index = 0; index < 20; index += 1) expect(await nameOf(peer)).toBe('a');
    // Messages of 200 KB: only one window of them is made, no matter what other readers do.
    expect(made).toBeLessThan(6);
    let rows = 500;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
      rows += next.value.customers.length;
    expect(rows).toBe(50_000);
  });
});

describe('a peer that was closed', () => {
  it('calls nobody, also one that never had', async () => {
    const { port } = await start([named('a')]);
    const peer = createPeer(`127.0.0.1:${port}`, callerKey);
    peer.close();
    expect(await errorOf(nameOf(peer))).toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
  });
});

describe('a failure whose details cannot be read', () => {
  it('says no more than its code', () =>
    expect(fromWire(status.INTERNAL, 'broken', Buffer.from([0x1a, 0xff]))).toMatchObject({
      code: status.INTERNAL,
      details: 'broken',
    }));
});

describe('who speaks in frames', () => {
  const exchange = (port: number) => {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    closing.push(() => client.close());
    const call = client.makeBidiStreamRequest(
      '/obp.internal.v1.CallService/Exchange',
      (given: ExchangeRequest) => Buffer.from(ExchangeRequest.encode(given).finish()),
      (bytes) => ExchangeResponse.decode(bytes),
    );
    const heard: CallFrame[] = [];
    const ended = new Promise<status>((resolve) =>
      call
        .on('data', ({ frames }: ExchangeResponse) => void heard.push(...frames))
        .on('error', ({ code }: ServiceError) => resolve(code))
        .on('end', () => resolve(status.OK)),
    );
    return { call, heard, ended };
  };
  const frameOf = (given: Partial<CallFrame>): CallFrame => ({
    kind: 0,
    call: 0,
    payload: Buffer.alloc(0),
    more: false,
    caller: 0,
    rpc: '',
    correlation_id: '',
    timeout_ms: 0,
    code: 0,
    text: '',
    credit: 0,
    traceparent: '',
    tracestate: '',
    ...given,
  });

  it('is asked for each call who it is', async () => {
    const { port } = await start([named('a')], { authorize: () => fail(Failure.FAILURE_USER_NOT_LOGGED_IN) });
    const { call, heard } = exchange(port);
    const request = { kind: FrameKind.FRAME_KIND_REQUEST, timeout_ms: 1_000 };
    call.write({
      frames: [
        frameOf({ ...request, call: 1, caller: 9 }),
        frameOf({ kind: FrameKind.FRAME_KIND_CALLER, caller: 1, rpc: resolveToken.path, payload: Buffer.from('x') }),
        frameOf({ ...request, call: 2, caller: 1 }),
      ],
    });
    await eventually(2_000, 'three', async () => heard.length === 3);
    expect(heard.map(({ kind, call: number, code }) => [kind, number, code])).toEqual([
      [FrameKind.FRAME_KIND_HELLO, 0, 0],
      [FrameKind.FRAME_KIND_FAILURE, 1, status.UNIMPLEMENTED],
      [FrameKind.FRAME_KIND_FAILURE, 2, status.UNAUTHENTICATED],
    ]);
    call.cancel();
  });

  it.each([
    ['numbers without end', [frameOf({ kind: FrameKind.FRAME_KIND_CALLER, caller: 513 })]],
    [
      'requests without end that never come whole',
      Array.from({ length: 1_002 }, (_, index) =>
        frameOf({ kind: FrameKind.FRAME_KIND_REQUEST, call: index + 1, more: true }),
      ),
    ],
    [
      'an assertion as long as a book',
      [frameOf({ kind: FrameKind.FRAME_KIND_CALLER, caller: 1, payload: Buffer.alloc(70_000) })],
    ],
  ])('with %s is cut off, and others are served', async (_what, frames) => {
    const { port, peer } = await start([named('a')]);
    const { call, ended } = exchange(port);
    call.write({ frames });
    expect(await ended).not.toBe(status.OK);
    expect(await nameOf(peer)).toBe('a');
  });

  it('is who it was when its request began to come, whoever has its number when it has come whole', async () => {
    const authorized: string[] = [];
    const authorize = (path: string, _request: unknown, assertion: Uint8Array | undefined) => (
      authorized.push(`${path} ${Buffer.from(assertion ?? []).toString()}`),
      nobody
    );
    const { port } = await start([named('a')], { authorize });
    const { call, heard } = exchange(port);
    const caller = (rpc: string, name: string) =>
      frameOf({ kind: FrameKind.FRAME_KIND_CALLER, caller: 1, rpc, payload: Buffer.from(name) });
    const request = { kind: FrameKind.FRAME_KIND_REQUEST, call: 1 };
    call.write({
      frames: [
        caller(resolveToken.path, 'eve'),
        frameOf({ ...request, caller: 1, timeout_ms: 1_000, more: true }),
        caller(logIn.path, 'admin'),
        frameOf(request),
      ],
    });
    await eventually(2_000, 'two', async () => heard.length === 2);
    expect(authorized).toEqual([`${resolveToken.path} eve`]);
    call.cancel();
  });

  it('in any order harms nobody', async () => {
    const random = createRandom();
    const { port, peer } = await start([named('a')]);
    for (let round = 0; round < 20; round += 1) {
      const { call } = exchange(port);
      const frames = Array.from({ length: 50 }, () =>
        frameOf({
          kind: random.int(0, 14),
          call: random.int(0, 3),
          caller: random.int(0, 3),
          rpc: random.int(0, 1) === 0 ? resolveToken.path : 'x',
          payload: Buffer.alloc(random.int(0, 30)),
          more: random.int(0, 3) === 0,
          timeout_ms: random.int(0, 100),
          credit: random.int(0, 100),
        }),
      );
      call.write({ frames });
      await sleep(5);
      call.cancel();
    }
    expect(await nameOf(peer)).toBe('a');
  });
});
