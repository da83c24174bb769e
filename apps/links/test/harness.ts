import { type CallContext, type Rpc, rpc } from '@platform/grpc';
import {
  CustomerAccountLinkServiceDefinition,
  LinkLookupServiceDefinition,
  rpcTable,
  UserCustomerLinkServiceDefinition,
} from '@platform/messages';
import { secret, type ServiceUnderTest, startService } from '@platform/service-testing';
import { database } from '../src/gen/database.js';
import { createLinksService } from '../src/index.js';
import { createNeighbours, type Neighbours } from './neighbours.js';

export { allRoles, bank, caller, contextOf, refusal, secret } from '@platform/service-testing';

const services = [UserCustomerLinkServiceDefinition, CustomerAccountLinkServiceDefinition, LinkLookupServiceDefinition];
type Methods = (typeof UserCustomerLinkServiceDefinition)['methods'] &
  (typeof CustomerAccountLinkServiceDefinition)['methods'] &
  (typeof LinkLookupServiceDefinition)['methods'];
export type Method = keyof Methods;
type RequestOf<K extends Method> = ReturnType<Methods[K]['requestType']['decode']>;
type ResponseOf<K extends Method> = ReturnType<Methods[K]['responseType']['decode']>;

/** The links service over real gRPC, with its own database and neighbour services that the test controls. */
export interface Harness extends Omit<ServiceUnderTest, 'call' | 'messages'> {
  readonly neighbours: Neighbours;
  readonly call: <K extends Method>(method: K, request: RequestOf<K>, context?: CallContext) => Promise<ResponseOf<K>>;
  /** The messages of a list. */
  readonly messages: <K extends Method>(
    method: K,
    request: RequestOf<K>,
    context?: CallContext,
  ) => Promise<ResponseOf<K>[]>;
}

export async function createHarness({ pool = 4 }: { pool?: number } = {}): Promise<Harness> {
  const neighbours = await createNeighbours(secret);
  const { address } = neighbours;
  const service = await startService({
    name: 'links',
    database,
    pool,
    create: (settings) =>
      createLinksService({ ...settings, log_level: 'error', customers_address: address, directory_address: address }),
  });
  return {
    ...service,
    neighbours,
    call: (name, request, context) => service.call(rpcOf(name), request, context),
    messages: (name, request, context) => service.messages(rpcOf(name), request, context),
    async close() {
      await service.close();
      await neighbours.close();
    },
  };
}

function rpcOf<K extends Method>(name: K): Rpc<RequestOf<K>, ResponseOf<K>> {
  return rpc(definitionOf(name) as never, name as never) as unknown as Rpc<RequestOf<K>, ResponseOf<K>>;
}

function definitionOf(name: Method) {
  const found = services.find(({ methods }) => name in methods);
  if (found === undefined) throw new Error(`nobody has ${name}`);
  return found;
}

export function ruleOf(name: Method) {
  const rule = rpcTable[rpcOf(name).path];
  if (rule === undefined) throw new Error(`${name} has no rule`);
  return rule;
}
