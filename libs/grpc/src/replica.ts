import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  connectivityState,
  Metadata,
  status,
} from '@grpc/grpc-js';
import { type HealthCheckResponse, HealthCheckResponse_ServingStatus as ServingStatus } from '@platform/messages';
import { createExchange, type Exchange } from './exchange/exchange-client.js';
import { exchangeMethod, ofClient } from './exchange/frame-stream.js';
import type { Carrier, CarrierListener } from './exchange/pending-call.js';
import { createPlainCarrier } from './exchange/plain-carrier.js';
import { healthMethods } from './health.js';

/** One process of a service, at one address. */
export interface Replica {
  /** The carrier for its calls; undefined while it accepts none. */
  readonly carrier: Carrier | undefined;
  /** Whether calls are under way. */
  readonly busy: boolean;
  /** Must be called at short intervals while there are calls. */
  look(now: number): void;
  /** Whether it reports by grpc.health.v1 that it serves. */
  serving(timeout_ms: number): Promise<boolean>;
  close(): void;
}

export interface ReplicaOptions {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
  readonly callerKey: string;
}

export interface ReplicaListener extends CarrierListener {
  /** It accepts calls. */
  ready(): void;
  /** Whether any replica accepts calls. */
  isAnyReady(): boolean;
}

const channelOptions: ChannelOptions = {
  'grpc.service_config_disable_resolution': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // Longer than the longest deadline plus the drain; otherwise calls that a draining server has accepted are dropped.
  'grpc.keepalive_time_ms': 60_000,
  'grpc.use_local_subchannel_pool': 1,
  'grpc-node.flow_control_window': 1024 * 1024,
};

/** After this many checks, a connection that has not been established is replaced. */
const maxInVain = 50;
const redial_ms = { least: 50, most: 1_000 } as const;
/** After this time a replica that did not support exchanges is asked again: a newer build may run there. */
const askAgain_ms = 5_000;

/** @param address "1.2.3.4:50051" or "[::1]:50051" */
export function createReplica(
  address: string,
  { credentials, options, callerKey }: ReplicaOptions,
  listener: ReplicaListener,
): Replica {
  const target = `${address.startsWith('[') ? 'ipv6' : 'ipv4'}:${address}`;
  const openClient = (): Client => new Client(target, credentials, { ...channelOptions, ...options });
  let client = openClient();
  let carrier: Carrier | undefined;
  let exchange: Exchange | undefined;
  /** Exchanges that went silent, kept until their last call has ended. */
  let abandoned: { readonly exchange: Exchange; readonly client: Client }[] = [];
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let wait_ms: number = redial_ms.least;
  /** Checks since calls wait for its connection. */
  let inVain = 0;

  const plain = createPlainCarrier(() => client, callerKey, {
    ...listener,
    lost(call) {
      // Asks soon whether the process that is now at the address supports exchanges.
      if (carrier === plain) dialAfter(redial_ms.least);
      listener.lost(call);
    },
  });

  const isConnected = (): boolean => client.getChannel().getConnectivityState(false) === connectivityState.READY;
  const dialAfter = (ms: number): void => {
    carrier = undefined;
    askAfter(ms);
  };
  const askAfter = (ms: number): void => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(dial, ms);
    timer?.unref();
  };
  const welcome = (by: Carrier): void => {
    clearTimeout(timer);
    carrier = by;
    wait_ms = redial_ms.least;
    inVain = 0;
    listener.ready();
  };
  const { path, requestSerialize, responseDeserialize } = exchangeMethod;
  const dial = (): void => {
    // An exchange that still waits for a replica that is gone would become a second stream to the next one.
    exchange?.close();
    const metadata = new Metadata({ waitForReady: true });
    const own: Exchange = createExchange(
      (heard) =>
        ofClient(client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, {}), heard),
      {
        ...listener,
        ready: () => own === exchange && welcome(own),
        draining() {
          if (carrier === own) carrier = undefined;
        },
        silent: () => own === exchange && replace(own),
        closed({ code }) {
          if (own !== exchange) return;
          exchange = undefined;
          if (code === status.UNIMPLEMENTED) {
            welcome(plain);
            return askAfter(askAgain_ms);
          }
          dialAfter(wait_ms);
          wait_ms = Math.min(wait_ms * 2, redial_ms.most);
        },
      },
    );
    exchange = own;
  };
  /** A silent connection may be dead although a new one would work; responses that still arrive on it are used. */
  const replace = (own: Exchange): void => {
    abandoned.push({ exchange: own, client });
    carrier = undefined;
    client = openClient();
    exchange = undefined;
    inVain = 0;
    dial();
  };

  dial();
  return {
    get carrier() {
      return carrier === plain && !isConnected() ? undefined : carrier;
    },
    get busy() {
      return (exchange?.calls ?? 0) > 0 || plain.calls > 0 || abandoned.length > 0;
    },
    look(now) {
      // Asks at once whether the next process at the address supports exchanges.
      if (carrier === plain && !isConnected()) dialAfter(0);
      if (carrier === undefined && exchange !== undefined && (inVain += 1) >= maxInVain) replace(exchange);
      exchange?.look(now);
      plain.look(now);
      for (const one of abandoned) {
        one.exchange.look(now);
        // While no other replica accepts calls, a late response from this one is better than none.
        if (listener.isAnyReady()) one.exchange.releaseReads().forEach(listener.refused);
      }
      abandoned = abandoned.filter((one) => one.exchange.calls > 0 || end(one));
    },
    serving: (timeout_ms) => isServing(client, timeout_ms),
    close() {
      closed = true;
      clearTimeout(timer);
      for (const one of [...abandoned, ...(exchange === undefined ? [] : [{ exchange, client }])]) end(one);
      plain.close();
      client.close();
    },
  };
}

function end({ exchange, client }: { readonly exchange: Exchange; readonly client: Client }): false {
  exchange.close();
  client.close();
  return false;
}

function isServing(client: Client, timeout_ms: number): Promise<boolean> {
  const { path, requestSerialize, responseDeserialize } = healthMethods.check;
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service: '' },
      new Metadata({ waitForReady: true }),
      { deadline: Date.now() + timeout_ms },
      (error, answer) =>
        resolve(error === null && (answer as HealthCheckResponse | undefined)?.status === ServingStatus.SERVING),
    );
  });
}
