import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CustomerEvent } from '@platform/messages';

/** One request to a receiver of webhooks. */
export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly event: CustomerEvent;
}

/** A receiver of webhooks that a test controls. */
export interface WebhookReceiver {
  readonly url: string;
  /** The accepted requests, in the order of their arrival. */
  readonly accepted: Received[];
  readonly refused: Received[];
  /** Decides about a request: the status of the response. */
  answer: (request: Received) => number | Promise<number>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function createReceiver(): Promise<WebhookReceiver> {
  let server: Server | undefined;
  let port = 0;
  const open = async (): Promise<void> => {
    const opened = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        const received = { headers: request.headers as Record<string, string>, body, event: JSON.parse(body) };
        void Promise.resolve(receiver.answer(received)).then((status) => {
          (status < 300 ? receiver.accepted : receiver.refused).push(received);
          response.writeHead(status).end();
        });
      });
    });
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve));
    ({ port } = opened.address() as AddressInfo);
    server = opened;
  };
  const accepted: Received[] = [];
  const refused: Received[] = [];
  const receiver: WebhookReceiver = {
    get url() {
      return `http://127.0.0.1:${port}/events`;
    },
    accepted,
    refused,
    answer: () => 204,
    async stop() {
      const closed = new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
      server?.closeAllConnections();
      await closed;
      server = undefined;
    },
    start: open,
  };
  await open();
  return receiver;
}
