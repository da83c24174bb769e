import { fail, failAbout } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { AccountServiceDefinition, Failure, LinkLookupServiceDefinition } from '@platform/messages';
import type { ServicePeer } from '@platform/service';
import type { Agent } from './agent.entity.js';

/** What an account is made of. */
export type Opening = Readonly<
  Pick<Agent, 'bank_id' | 'agent_id' | 'account_id' | 'link_id' | 'currency' | 'legal_name'>
>;

/** The accounts of agents, which others keep. */
export interface AgentAccounts {
  /** Makes the account and the link to it, as far as they are missing. */
  open(agent: Opening, correlation_id: string): Promise<void>;
  /** @throws ObpFailure OBP-30325 unless the agent has a link to an account, OBP-30018 unless that account is there */
  require(agent: Pick<Agent, 'bank_id' | 'agent_id' | 'account_id'>, correlation_id: string): Promise<void>;
}

const openAccount = rpc(AccountServiceDefinition, 'openAccount');
const findAccounts = rpc(AccountServiceDefinition, 'findAccounts');
const linkAgent = rpc(LinkLookupServiceDefinition, 'linkAgent');
const findAgentAccount = rpc(LinkLookupServiceDefinition, 'findAgentAccount');

const kind = 'AGENT';
/** Both steps together take less than the caller waits, and much less than the task is leased for. Milliseconds. */
const stepTimeout_ms = 2_000;

export function createAgentAccounts(directory: ServicePeer, links: ServicePeer): AgentAccounts {
  const exists = async (bank_id: string, account_id: string, correlation_id: string): Promise<boolean> =>
    (await directory.call(findAccounts, { bank_id, account_ids: [account_id] }, correlation_id)).account_ids.includes(
      account_id,
    );
  return {
    async open({ bank_id, agent_id, account_id, link_id, currency, legal_name }, correlation_id) {
      await directory.call(
        openAccount,
        { bank_id, account_id, kind, label: kind, currency, holder: legal_name },
        correlation_id,
        stepTimeout_ms,
      );
      await links.call(linkAgent, { bank_id, agent_id, account_id, link_id }, correlation_id, stepTimeout_ms);
    },
    async require({ bank_id, agent_id, account_id }, correlation_id) {
      // The link says which account it is, and that is the agent's own: both are asked about at once.
      const [link, own] = await Promise.all([
        links.call(findAgentAccount, { bank_id, agent_id }, correlation_id),
        exists(bank_id, account_id, correlation_id),
      ]);
      const linked = link.account_id ?? fail(Failure.FAILURE_AGENT_ACCOUNT_LINK_NOT_FOUND);
      if (linked === account_id ? own : await exists(bank_id, linked, correlation_id)) return;
      failAbout(Failure.FAILURE_BANK_ACCOUNT_NOT_FOUND, { bank_id, account_id: linked });
    },
  };
}
