import { fail, failAbout } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { AccountServiceDefinition, Failure, LinkLookupServiceDefinition } from '@platform/messages';
import type { ServicePeer } from '@platform/service';
import type { Agent } from './agent.entity.js';

/** The data needed to open an account. */
export type Opening = Readonly<
  Pick<Agent, 'bank_id' | 'agent_id' | 'account_id' | 'link_id' | 'currency' | 'legal_name'>
>;

/** The accounts of agents, which other services store. */
export interface AgentAccounts {
  /** Opens the account and creates the link to it, unless they already exist. */
  open(agent: Opening, correlation_id: string): Promise<void>;
  /** @throws ObpFailure OBP-30325 unless the agent has a link to an account, OBP-30018 unless that account exists */
  require(agent: Pick<Agent, 'bank_id' | 'agent_id' | 'account_id'>, correlation_id: string): Promise<void>;
}

const openAccount = rpc(AccountServiceDefinition, 'openAccount');
const findAccounts = rpc(AccountServiceDefinition, 'findAccounts');
const linkAgent = rpc(LinkLookupServiceDefinition, 'linkAgent');
const findAgentAccount = rpc(LinkLookupServiceDefinition, 'findAgentAccount');

const kind = 'AGENT';
/** Both steps together take less time than the caller's deadline, and much less than the task's lease. Milliseconds. */
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
      // The link names the account, which is normally the agent's own: so both are looked up at the same time.
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
