import { status } from '@grpc/grpc-js';
import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Logger } from '@platform/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import { followAddresses, type Resolve, resolveByMachine } from './addresses.js';
import { limits } from './exchange/frame.js';
import { type Carrier, late, type PendingCall } from './exchange/pending-call.js';
import { localAddress } from './exchange/in-memory.js';
import { createIncomingMessages } from './incoming-messages.js';
import { createLateCalls } from './late-calls.js';
import { createLocalReplica } from './local-replica.js';
import { channelCredentials, type MutualTls } from './mutual-tls.js';
import { type CallContext, cancelled, isRead, type OwnCall, traced, UnaryCall } from './own-call.js';
import { codeOfError, observeCall } from './observed.js';
import { createReplica, type Replica } from './replica.js';
import type { Rpc } from './rpc.js';
import { fromWire } from './status.js';
import { requestTime_ms, timeLeft } from './time-left.js';

/** A client of another service, which balances calls over its replicas. */
export interface Peer {
  call<Request, Response>(rpc: Rpc<Request, Response>, request: Request, context: CallContext): Promise<Response>;
  /** Waits for each message as long as for a unary response. */
  stream<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Request,
    context: CallContext,
  ): AsyncIterable<Response>;
  /**
   * Whether a replica reports by grpc.health.v1 that it serves. A replica that does not answer in time counts as not
   * serving; then a second one is asked.
   */
  serving(timeout_ms: number): Promise<boolean>;
  close(): void;
}

const streamTimeout_ms = 600_000;
/** How often deadlines are checked, and whether replicas still answer. */
const look_ms = 50;
/** How many times a read is sent when its replicas disappear. */
const maxAttempts = 4;
/** The most calls that may wait for a replica. */
const maxWaiting = 10_000;

/** How to connect to a peer, and where to log. */
export interface PeerOptions {
  readonly tls: MutualTls | undefined;
  /** The service at the other end. */
  readonly service: string;
  readonly resolve?: Resolve;
  /** Gets a line for calls that are not answered in time; absent: they are not logged. */
  readonly log?: Pick<Logger, 'warn'>;
}

/**
 * The only way to call a service: each call goes to the replica with the fewest calls under way. When a replica
 * disappears or goes silent, its reads are sent to another replica. Commands are not, because they may have run before
 * the connection broke; a command is sent elsewhere only when its replica did not begin it.
 * @param addresses "host:port", or several of them separated by commas, where each address of a name is a replica; or
 * the result of `inMemory` for a server in this process
 */
export function createPeer(
  addresses: string,
  callerKey: string,
  { tls, service, resolve = resolveByMachine, log }: PeerOptions = { tls: undefined, service: '' },
): Peer {
  const secure = channelCredentials(tls, service);
  const reportLate = log === undefined ? () => undefined : createLateCalls(service, log);
  const replicas = new Map<string, Replica>();
  /** Replicas whose addresses are gone, kept until their last call has ended. */
  let leaving: Replica[] = [];
  let waiting: OwnCall[] = [];
  let timer: NodeJS.Timeout | undefined;
  let following: { stop(): void } | undefined;
  let turn = 0;
  let isRetrying = false;
  let closed = false;

  const listener = {
    refused: (call: PendingCall) => submit(call as OwnCall),
    lost(call: PendingCall) {
      const own = call as OwnCall;
      own.attempts += 1;
      if (own.isRead && !own.begun() && own.attempts < maxAttempts) submit(own);
      else own.fail(late());
    },
    freed: () => retrySoon(),
    ready: () => retrySoon(),
    isAnyReady: () => pick() !== undefined,
  };
  const pick = (): Carrier | undefined => {
    let best: Carrier | undefined;
    const all = [...replicas.values()];
    turn += 1;
    for (let index = 0; index < all.length; index += 1) {
      const { carrier } = all[(index + turn) % all.length] as Replica;
      if (carrier !== undefined && carrier.calls < limits.calls && (best === undefined || carrier.calls < best.calls))
        best = carrier;
    }
    return best;
  };
  const submit = (call: OwnCall): void => {
    if (closed || call.deadline() <= performance.now()) return call.fail(late());
    const carrier = pick();
    call.carrier = carrier;
    if (carrier !== undefined) carrier.begin(call);
    else if (waiting.length < maxWaiting) waiting.push(call);
    else return call.fail(new ObpFailure(Failure.FAILURE_TOO_BUSY));
    timer ??= setInterval(look, look_ms);
  };
  /** Many calls may end in one turn of the event loop; the waiting calls are tried once for all of them. */
  const retrySoon = (): void => {
    if (waiting.length === 0 || isRetrying) return;
    isRetrying = true;
    queueMicrotask(() => {
      isRetrying = false;
      const before = waiting;
      waiting = [];
      let next = 0;
      // A call that finds no carrier waits again, and so do all calls behind it.
      for (; next < before.length && waiting.length === 0; next += 1) submit(before[next] as OwnCall);
      waiting.push(...before.slice(next));
    });
  };
  const look = (): void => {
    const now = performance.now();
    const expired = waiting.filter((call) => call.deadline() <= now);
    waiting = waiting.filter((call) => call.deadline() > now);
    for (const call of expired) call.fail(late());
    for (const replica of [...replicas.values(), ...leaving]) replica.look(now);
    leaving = leaving.filter((replica) => replica.busy || void replica.close());
    if (waiting.length > 0 || leaving.length > 0 || [...replicas.values()].some(({ busy }) => busy)) return;
    clearInterval(timer);
    timer = undefined;
  };
  const cancel = (call: OwnCall): void => {
    if (call.carrier !== undefined) call.carrier.cancel(call);
    else waiting = waiting.filter((other) => other !== call);
  };
  const openReplica = (address: string): Replica => {
    const local = localAddress(address);
    return local === undefined
      ? createReplica(address, { ...secure, callerKey }, listener)
      : createLocalReplica(local, listener);
  };
  const follow = (): void => {
    if (closed) return;
    following ??= followAddresses(addresses, resolve, (current) => {
      for (const [address, replica] of replicas) {
        if (current.includes(address)) continue;
        replicas.delete(address);
        leaving.push(replica);
        timer ??= setInterval(look, look_ms);
      }
      for (const address of current) if (!replicas.has(address)) replicas.set(address, openReplica(address));
    });
  };
  const encoded = <Request>(rpc: Rpc<Request, unknown>, request: Request): Buffer => {
    const bytes = rpc.serialize(request);
    if (bytes.length > limits.message) throw fromWire(status.RESOURCE_EXHAUSTED, 'the request is longer than 4 MiB');
    follow();
    return bytes;
  };

  return {
    call: (rpc, request, context) =>
      new Promise((resolve, reject) => {
        const since = performance.now();
        const call = new UnaryCall(
          rpc,
          encoded(rpc, request),
          context,
          since + timeLeft(context.correlation_id, context.timeout_ms),
          resolve,
          (error) => {
            reportLate(error, { path: rpc.path, correlation_id: context.correlation_id, since });
            reject(error);
          },
        );
        const { signal } = context;
        if (signal?.aborted === true) return call.fail(cancelled());
        if (signal !== undefined) {
          call.heed(signal, () => {
            cancel(call);
            call.fail(cancelled());
          });
        }
        submit(call);
      }),
    async *stream(rpc, request, context) {
      const { signal } = context;
      const since = performance.now();
      const incoming = createIncomingMessages(
        since + timeLeft(context.correlation_id, context.timeout_ms ?? streamTimeout_ms),
        requestTime_ms,
      );
      const made = observeCall(rpc.path, context.correlation_id);
      let code = status.CANCELLED;
      const call: OwnCall = {
        path: rpc.path,
        request: encoded(rpc, request),
        assertion: context.assertion(rpc.path),
        correlation_id: context.correlation_id,
        trace: made.headers,
        isRead: isRead(rpc.path),
        carrier: undefined,
        attempts: 0,
        ...incoming.receiver,
      };
      const abort = (): void => {
        cancel(call);
        incoming.receiver.fail(cancelled());
      };
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted === true) abort();
      else submit(call);
      try {
        for (let message = await incoming.next(); message !== undefined; message = await incoming.next()) {
          call.carrier?.consumed(call, message.length);
          yield rpc.deserialize(message);
        }
        code = status.OK;
      } catch (error) {
        code = codeOfError(error as Error);
        reportLate(error, { path: rpc.path, correlation_id: context.correlation_id, since });
        throw traced(error as Error, rpc.path, context);
      } finally {
        signal?.removeEventListener('abort', abort);
        cancel(call);
        made.end(code);
      }
    },
    async serving(timeout_ms) {
      follow();
      const until = performance.now() + timeout_ms;
      while (replicas.size === 0 && performance.now() < until) await sleep(look_ms);
      const [ready, others] = [true, false].map((is) =>
        [...replicas.values()].filter(({ carrier }) => (carrier !== undefined) === is),
      );
      for (const replica of [...(ready as Replica[]), ...(others as Replica[])].slice(0, 2))
        if (await replica.serving(timeout_ms)) return true;
      return false;
    },
    close() {
      closed = true;
      following?.stop();
      clearInterval(timer);
      for (const replica of [...replicas.values(), ...leaving]) replica.close();
      for (const call of waiting.splice(0)) call.fail(late());
    },
  };
}
