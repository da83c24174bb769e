import { defineEntity, p, type PrimaryKeyProp } from '@mikro-orm/postgresql';
import type { PostAgentJsonV510, PutAgentJsonV510 } from '@platform/messages';
import { SecondsType } from '@platform/persistence';

/** What a new agent needs besides the posted body. The ids of its account and link are chosen before both exist. */
export interface Birth {
  readonly bank_id: string;
  readonly agent_id: string;
  readonly account_id: string;
  readonly link_id: string;
  /** In the form "2013-01-21T23:08:00Z". */
  readonly now: string;
}

/** A person who acts for a bank, with an account there; not a customer. */
export class Agent {
  declare [PrimaryKeyProp]?: ['bank_id', 'agent_id'];
  bank_id: string;
  agent_id: string;
  /** Unique at the bank; may be "". */
  agent_number: string;
  legal_name: string;
  mobile_phone_number: string;
  /** In upper case. */
  currency: string;
  account_id: string;
  link_id: string;
  is_confirmed = false;
  is_pending = true;
  /** Whether the account and its link exist: before that, the agent is not visible to callers. */
  is_complete = false;
  created_at: string;
  /** How often it was written: every change raises it. */
  version = 1;

  constructor(birth: Birth, body: PostAgentJsonV510) {
    this.bank_id = birth.bank_id;
    this.agent_id = birth.agent_id;
    this.account_id = birth.account_id;
    this.link_id = birth.link_id;
    this.created_at = birth.now;
    this.agent_number = body.agent_number;
    this.legal_name = body.legal_name;
    this.mobile_phone_number = body.mobile_phone_number;
    this.currency = body.currency.toUpperCase();
  }

  /** Makes the agent visible. */
  complete(): void {
    this.is_complete = true;
  }

  changeStatus({ is_pending_agent, is_confirmed_agent }: PutAgentJsonV510): void {
    this.is_pending = is_pending_agent;
    this.is_confirmed = is_confirmed_agent;
  }
}

export const AgentSchema = defineEntity({
  class: Agent,
  tableName: 'agent',
  properties: {
    bank_id: p.text().primary(),
    agent_id: p.text().primary(),
    agent_number: p.text(),
    legal_name: p.text(),
    mobile_phone_number: p.text(),
    currency: p.text(),
    account_id: p.text(),
    link_id: p.text(),
    is_confirmed: p.boolean(),
    is_pending: p.boolean(),
    is_complete: p.boolean(),
    created_at: p.type(SecondsType),
    version: p.integer().version(),
  },
});
