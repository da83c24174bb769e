import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { ExchangeRequest, ExchangeResponse } from '@platform/messages';
import {
  type ExchangeServerOptions,
  type ServedExchange,
  serveExchange,
  type ServedMethod,
} from './exchange/exchange-server.js';
import { createPair, type FrameStream, type Listener, ofServer } from './exchange/frame-stream.js';
import type { Reception } from './incoming.js';
import { isFrom, type MutualTls } from './mutual-tls.js';

/** A server's exchanges. */
export interface Exchanges {
  /** Serves one over gRPC. */
  serve(call: ServerDuplexStream<ExchangeRequest, ExchangeResponse>): void;
  /** Opens one in this process. @returns the client's side of its stream */
  accept(client: Listener): FrameStream;
  /** Makes them refuse new calls; each ends when its running calls are answered. */
  drain(): void;
  /** Closes the remaining ones at once. */
  close(): void;
}

export interface ExchangesOptions extends Reception {
  readonly tls?: MutualTls | undefined;
}

export function createExchanges(
  methods: ReadonlyMap<string, ServedMethod>,
  { authorize, log, tls }: ExchangesOptions,
): Exchanges {
  const open = new Map<ServedExchange, FrameStream>();
  let draining = false;
  const begin = (openStream: (listener: Listener) => FrameStream, isPeer: ExchangeServerOptions['isFrom']): void => {
    let stream: FrameStream | undefined;
    const served = serveExchange(
      (listener) =>
        (stream = openStream({
          received: listener.received,
          closed(ending) {
            open.delete(served);
            listener.closed(ending);
          },
        })),
      { methods, isFrom: isPeer, authorize, log },
    );
    open.set(served, stream as unknown as FrameStream);
    if (draining) served.drain();
  };
  return {
    serve: (call) =>
      begin(
        (listener) => ofServer(call, listener),
        (service) => tls === undefined || isFrom(call.metadata, service),
      ),
    accept(client) {
      let clientSide: FrameStream | undefined;
      begin(
        (listener) => {
          const pair = createPair(client, listener);
          clientSide = pair.client;
          return pair.server;
        },
        // Code in this process could act as any service anyway.
        () => true,
      );
      return clientSide as unknown as FrameStream;
    },
    drain() {
      draining = true;
      for (const served of open.keys()) served.drain();
    },
    close: () => [...open.values()].forEach((stream) => stream.destroy()),
  };
}
