import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { fromJson, toBinary } from '@bufbuild/protobuf';
import type { Endpoint } from '@platform/endpoints';

/** The result of a call: OK, or the code's name and the message. */
export interface Outcome {
  readonly code: string;
  readonly message: string;
  /** The response messages. */
  readonly answers: readonly Buffer[];
}

/** Calls operations by gRPC with bytes, at the gateway or directly at a service. */
export interface RawGrpc {
  call(endpoint: Endpoint, request: Uint8Array, metadata: Readonly<Record<string, string | Buffer>>): Promise<Outcome>;
  close(): void;
}

export function createRawGrpc(address: string): RawGrpc {
  const client = new Client(address, credentials.createInsecure());
  const asIs = (bytes: Buffer) => bytes;
  return {
    call({ rpc_path, list }, request, entries) {
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
      const options = { deadline: Date.now() + 10_000 };
      const answers: Buffer[] = [];
      return new Promise((resolve) => {
        const failed = ({ code, details }: ServiceError) => resolve({ code: status[code], message: details, answers });
        const done = () => resolve({ code: 'OK', message: '', answers });
        if (list === undefined) {
          client.makeUnaryRequest(rpc_path, asIs, asIs, Buffer.from(request), metadata, options, (error, answer) => {
            if (error !== null) return failed(error);
            answers.push(answer as Buffer);
            done();
          });
          return;
        }
        const stream = client.makeServerStreamRequest(rpc_path, asIs, asIs, Buffer.from(request), metadata, options);
        stream
          .on('data', (answer: Buffer) => answers.push(answer))
          .on('end', done)
          .on('error', (error) => failed(error as ServiceError));
      });
    },
    close: () => client.close(),
  };
}

/** The request of an operation, from its fields and body as JSON. */
export function requestBytes({ request }: Endpoint, fields: object): Uint8Array {
  return toBinary(request, fromJson(request, fields as never, { ignoreUnknownFields: true }));
}
