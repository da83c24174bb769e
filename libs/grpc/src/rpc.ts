import type { MethodDefinition as GrpcMethod } from '@grpc/grpc-js';
import type { CallerAssertion } from '@platform/messages';
import { type Codec, deserializer, serializer } from './wire.js';

// The codecs of a definition differ method by method; only inference through them is typed.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyCodec = Codec<any>;

/** One method of a ts-proto `XServiceDefinition`. */
export interface MethodDefinition {
  readonly name: string;
  readonly requestType: AnyCodec;
  readonly requestStream: boolean;
  readonly responseType: AnyCodec;
  readonly responseStream: boolean;
}

export interface ServiceDefinition {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
}

export type RequestOf<M> = M extends { requestType: Codec<infer T> } ? T : never;
export type ResponseOf<M> = M extends { responseType: Codec<infer T> } ? T : never;

/** The context of a call for its handler. */
export interface Call {
  readonly caller: CallerAssertion;
  readonly correlation_id: string;
  /** Aborted when the caller has gone or its deadline has passed; created at the first use. */
  readonly signal: () => AbortSignal;
}

/** A request whose rules were checked: its body is there, and so is what another service must give. */
export type Given<Request> = {
  [K in keyof Request]: K extends 'body' | 'key' | 'signed' ? NonNullable<Request[K]> : Request[K];
};

export type Handler<M> = M extends { responseStream: true }
  ? (request: Given<RequestOf<M>>, call: Call) => AsyncIterable<ResponseOf<M>>
  : (request: Given<RequestOf<M>>, call: Call) => Promise<ResponseOf<M>>;

/** Handlers of a service's methods. A missing one answers UNIMPLEMENTED. */
export type Implementation<D extends ServiceDefinition> = { [K in keyof D['methods']]?: Handler<D['methods'][K]> };

/** A method in the client's form. */
export interface Rpc<Request, Response> {
  /** "/obp.customers.v1.CustomerService/CreateCustomer" */
  readonly path: string;
  readonly requestType: Codec<Request>;
  readonly responseType: Codec<Response>;
  readonly serialize: (request: Request) => Buffer;
  readonly deserialize: (bytes: Buffer) => Response;
}

/** Picks a method of a service for the client. */
export function rpc<D extends ServiceDefinition, K extends keyof D['methods'] & string>(
  definition: D,
  method: K,
): Rpc<RequestOf<D['methods'][K]>, ResponseOf<D['methods'][K]>> {
  return toRpc(definition, definition.methods[method] as MethodDefinition) as Rpc<
    RequestOf<D['methods'][K]>,
    ResponseOf<D['methods'][K]>
  >;
}

/** The method in the client's form. */
export function toRpc(
  definition: ServiceDefinition,
  { name, requestType, responseType }: MethodDefinition,
): Rpc<unknown, unknown> {
  return {
    path: pathOf(definition, name),
    requestType,
    responseType,
    serialize: serializer(requestType),
    deserialize: deserializer(responseType),
  };
}

/** The method in grpc-js's form. */
export function toGrpcMethod(
  path: string,
  { requestStream, responseStream, requestType, responseType }: MethodDefinition,
): GrpcMethod<unknown, unknown> {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: serializer(requestType),
    requestDeserialize: deserializer(requestType),
    responseSerialize: serializer(responseType),
    responseDeserialize: deserializer(responseType),
  };
}

export function pathOf(definition: ServiceDefinition, methodName: string): string {
  return `/${definition.fullName}/${methodName}`;
}

/** A service with its handlers; their types were checked against each other when it was bound. */
export interface BoundService {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, Handler<MethodDefinition>>>;
}

export function bind<D extends ServiceDefinition>(definition: D, implementation: Implementation<D>): BoundService {
  return { definition, handlers: implementation as BoundService['handlers'] };
}
