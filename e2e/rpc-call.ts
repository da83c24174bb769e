import { create, toBinary } from '@bufbuild/protobuf';
import { expect } from '@jest/globals';
import { CreateCustomerRequestSchema } from '@platform/descriptors';
import { type Person, type Platform, unique } from './platform.js';
import { framed, framesOf, postHttp2, type RawAnswer } from './raw-http2.js';

export const createCustomer = '/obp.customers.v1.CustomerService/CreateCustomer';
export const listCustomers = '/obp.customers.v1.CustomerService/GetCustomersAtOneBank';
export const readCustomer = '/obp.views.v1.CustomerViewService/GetCustomerByCustomerId';

export type Post = (path: string, type: string, body?: Buffer, headers?: Record<string, string>) => Promise<RawAnswer>;

/** Sends complete calls over HTTP/2 as a user. */
export function createPost({ origin }: Platform, { token }: Person): Post {
  return (path, type, body, headers = {}) =>
    postHttp2(origin, path, {
      headers: { 'content-type': type, directlogin: `token=${token}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
}

/** A CreateCustomerRequest. */
export function newCustomer(bankId: string): Uint8Array {
  return toBinary(
    CreateCustomerRequestSchema,
    create(CreateCustomerRequestSchema, {
      bankId,
      body: { legalName: 'A', mobilePhoneNumber: '1', customerNumber: `E${unique()}` },
    }),
  );
}

/** Headers of every response of the port. */
export const onEvery = {
  'access-control-allow-origin': '*',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'correlation-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
};

/** The content types of a unary call with protobuf. */
export const unaryTypes = [
  'application/grpc',
  'application/grpc+proto',
  'application/grpc-web',
  'application/grpc-web+proto',
  'application/grpc-web-text',
  'application/proto',
] as const;

/** A message in the form of a content type. */
export function bodyFor(type: string, message: Uint8Array): Buffer {
  if (type === 'application/proto') return Buffer.from(message);
  return type.includes('-text') ? Buffer.from(framed(message).toString('base64')) : framed(message);
}

/** A code as a content type expresses it: gRPC's number or Connect's name. */
export const codeFor = (type: string, number: string, name: string): string => (type.includes('grpc') ? number : name);

/** The code of a response, from the place where its protocol has it. */
export function codeOf(type: string, { headers, trailers, body }: RawAnswer): unknown {
  const inHeaders = trailers['grpc-status'] ?? headers['grpc-status'];
  if (type.startsWith('application/grpc'))
    return (
      inHeaders ??
      /^grpc-status: (\d+)/m.exec(lastText(type.includes('-text') ? base64Frames(body) : framesOf(body)))?.[1]
    );
  if (type.startsWith('application/connect'))
    return (JSON.parse(lastText(framesOf(body))) as { error?: { code: string } }).error?.code;
  return (JSON.parse(body.toString()) as { code: string }).code;
}

/** The frames of a body in base64, each chunk padded by itself. */
export const base64Frames = (body: Buffer): [number, Buffer][] =>
  framesOf(Buffer.concat((body.toString().match(/[^=]+=*/g) ?? []).map((part) => Buffer.from(part, 'base64'))));
export const lastText = (frames: [number, Buffer][]): string => frames.at(-1)?.[1].toString() ?? '';
