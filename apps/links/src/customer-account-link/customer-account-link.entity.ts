import { defineEntity, p, type PrimaryKeyProp } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { type CustomerAccountLink as Message, Failure } from '@platform/messages';

/** An account that belongs to a customer, or to an agent as its own account. */
export class CustomerAccountLink {
  declare [PrimaryKeyProp]?: ['bank_id', 'customer_account_link_id'];
  bank_id: string;
  customer_account_link_id: string;
  /** For a link of an agent, the agent's id. */
  customer_id: string;
  account_id: string;
  /** For example "Owner"; any text is allowed. */
  relationship_type: string;
  is_agent: boolean;
  /** How often it was written: every change raises it. */
  version = 1;

  constructor(link: Omit<Message, 'version'> & { readonly is_agent: boolean }) {
    this.bank_id = link.bank_id;
    this.customer_account_link_id = link.customer_account_link_id;
    this.customer_id = link.customer_id;
    this.account_id = link.account_id;
    this.relationship_type = link.relationship_type;
    this.is_agent = link.is_agent;
  }

  changeRelationship(relationship_type: string): void {
    this.relationship_type = relationship_type;
  }
}

export const CustomerAccountLinkSchema = defineEntity({
  class: CustomerAccountLink,
  tableName: 'customer_account_link',
  properties: {
    bank_id: p.text().primary(),
    customer_account_link_id: p.text().primary(),
    customer_id: p.text(),
    account_id: p.text(),
    relationship_type: p.text(),
    is_agent: p.boolean(),
    version: p.integer().version(),
  },
});

/** An account can be linked only once to a customer. @throws ObpFailure OBP-30223 */
export function accountAlreadyLinked(): never {
  return fail(Failure.FAILURE_ACCOUNT_ALREADY_LINKED);
}

/** @throws ObpFailure OBP-30225 */
export function customerAccountLinkUnknown(): never {
  return fail(Failure.FAILURE_CUSTOMER_ACCOUNT_LINK_NOT_FOUND);
}
