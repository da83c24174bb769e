import { type CallContext, type Rpc, rpc } from '@platform/grpc';
import {
  type AgentMinimalV510,
  AgentServiceDefinition,
  type AgentV510,
  type GetAgentsRequest,
  type PostAgentJsonV510,
  Role,
} from '@platform/messages';
import {
  anonymous,
  bank,
  caller as anyCaller,
  secret,
  type ServiceUnderTest,
  startService,
} from '@platform/service-testing';
import { database } from '../src/gen/database.js';
import { createAgentsService } from '../src/index.js';
import { createNeighbours, type Neighbours } from './neighbours.js';

export { anonymous, bank, refusal, secret } from '@platform/service-testing';

type Methods = AgentServiceDefinition['methods'];
export type Method = keyof Methods;
type RequestOf<K extends Method> = ReturnType<Methods[K]['requestType']['decode']>;
type ResponseOf<K extends Method> = ReturnType<Methods[K]['responseType']['decode']>;

/** The agents service over real gRPC, with its own database and neighbour services that the test controls. */
export interface Harness extends Omit<ServiceUnderTest, 'call'> {
  readonly neighbours: Neighbours;
  readonly call: <K extends Method>(method: K, request: RequestOf<K>, context?: CallContext) => Promise<ResponseOf<K>>;
  /** All agents of a list, from all its messages. */
  readonly list: (request: GetAgentsRequest) => Promise<AgentMinimalV510[]>;
  readonly create: (body?: Partial<PostAgentJsonV510>, bank_id?: string) => Promise<AgentV510>;
  readonly read: (agent_id: string, bank_id?: string) => Promise<AgentV510>;
}

export async function createHarness({ pool = 4 }: { pool?: number } = {}): Promise<Harness> {
  const neighbours = await createNeighbours(secret);
  const { directory, links } = neighbours;
  const service = await startService({
    name: 'agents',
    database,
    pool,
    create: (settings) =>
      createAgentsService({
        ...settings,
        log_level: 'fatal',
        directory_address: directory.address,
        links_address: links.address,
      }),
  });
  const harness: Harness = {
    ...service,
    neighbours,
    call: (name, request, context = caller('bank_id' in request ? String(request.bank_id) : '')) =>
      service.call(rpcOf(name), request, context),
    list: async (request) =>
      (await service.messages(rpcOf('getAgents'), request, anonymous(request.bank_id))).flatMap(({ agents }) => agents),
    create: (body, bank_id = bank) => harness.call('createAgent', { bank_id, body: agentBody(body) }),
    read: (agent_id, bank_id = bank) => harness.call('getAgent', { bank_id, agent_id }),
    async close() {
      await service.close();
      await neighbours.close();
    },
  };
  return harness;
}

function rpcOf<K extends Method>(name: K): Rpc<RequestOf<K>, ResponseOf<K>> {
  return rpc(AgentServiceDefinition, name) as Rpc<RequestOf<K>, ResponseOf<K>>;
}

/** A caller with the role to update agents of the bank, or with the given roles. */
export const caller = (bank_id: string, roles: Role[] = [Role.ROLE_CAN_UPDATE_AGENT_STATUS_AT_ONE_BANK]): CallContext =>
  anyCaller(bank_id, roles);

export function agentBody(body: Partial<PostAgentJsonV510> = {}): PostAgentJsonV510 {
  return {
    legal_name: 'Legal Name',
    mobile_phone_number: '+44 07972 444 876',
    agent_number: '1',
    currency: 'EUR',
    ...body,
  };
}
