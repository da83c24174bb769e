import { failureText } from '@platform/failure';
import { type CallContext, type RequestOf, type ResponseOf, rpc, type ServiceDefinition } from '@platform/grpc';
import {
  CustomerServiceDefinition,
  type CustomerV310,
  type Failure,
  type PostCustomerJsonV310,
} from '@platform/messages';
import { bank, type ServiceUnderTest, startService } from '@platform/service-testing';
import { database } from '../src/gen/database.js';
import { createCustomersService } from '../src/index.js';

export { bank, caller, contextOf, refusal, secret } from '@platform/service-testing';

/** Calls the rpcs of one definition, as a caller with all roles at the request's bank. */
export interface Calls<D extends ServiceDefinition> {
  call<K extends keyof D['methods'] & string>(
    method: K,
    request: RequestOf<D['methods'][K]>,
    context?: CallContext,
  ): Promise<ResponseOf<D['methods'][K]>>;
  /** All rows of a list, from all its messages. */
  list<K extends keyof D['methods'] & string>(
    method: K,
    request: RequestOf<D['methods'][K]>,
    context?: CallContext,
  ): Promise<Listed<ResponseOf<D['methods'][K]>>>;
}

/** A list message has one field, which holds the rows. */
type Listed<Message> = Message[keyof Message];

/** The customers service over real gRPC, with its own database; `call` and `list` use CustomerService. */
export interface Harness extends Omit<ServiceUnderTest, 'call'>, Calls<CustomerServiceDefinition> {
  /** Calls the rpcs of another definition that the service serves. */
  of<D extends ServiceDefinition>(definition: D): Calls<D>;
  readonly create: (body?: Partial<PostCustomerJsonV310>, bank_id?: string) => Promise<CustomerV310>;
}

export async function createHarness({
  pool = 4,
  timeZone,
}: { pool?: number; timeZone?: string } = {}): Promise<Harness> {
  const nobody = '127.0.0.1:1';
  const service = await startService({
    name: 'customers',
    database,
    pool,
    create: (settings) =>
      createCustomersService({ ...settings, log_level: 'error', attributes_address: nobody, links_address: nobody }),
  });
  if (timeZone !== undefined) {
    await service.sql(
      `do $$ begin execute format('alter database %I set timezone = %L', current_database(), '${timeZone}'); end $$`,
    );
    await service.restart();
  }
  const of = <D extends ServiceDefinition>(definition: D): Calls<D> => ({
    call: (name, request, context) => service.call(rpc(definition, name), request, context),
    list: async (name, request, context) =>
      (await service.messages(rpc(definition, name), request, context)).flatMap((message) =>
        Object.values(message as Record<string, unknown[]>).flat(),
      ),
  });
  const harness: Harness = {
    ...service,
    of,
    ...of(CustomerServiceDefinition),
    create: (body, bank_id = bank) => harness.call('createCustomer', { bank_id, body: customerBody(body) }),
  };
  return harness;
}

/** A body with the two required texts. */
export function customerBody(body: Partial<PostCustomerJsonV310> = {}): PostCustomerJsonV310 {
  return {
    legal_name: 'Legal Name',
    mobile_phone_number: '+44 07972 444 876',
    face_image: null,
    dob_of_dependants: [],
    credit_rating: null,
    credit_limit: null,
    ...body,
  };
}

export function textOf(failure: Failure, detail = ''): string {
  return failureText(failure, detail);
}
