import type { MikroORM } from '@mikro-orm/postgresql';
import { forgetCustomer } from '@platform/customer-presence';
import { otherShape } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import type { LinkLookupServiceDefinition } from '@platform/messages';
import { command } from '@platform/persistence';
import { CustomerAccountLinkSchema } from '../customer-account-link/customer-account-link.entity.js';
import { UserCustomerLinkSchema } from '../user-customer-link/user-customer-link.entity.js';

/** What the other services make of the links. Both may be repeated. */
export function linkCommands(orm: MikroORM): Implementation<LinkLookupServiceDefinition> {
  return {
    async linkAgent({ bank_id, agent_id, account_id, link_id }) {
      // An agent is no customer: there is none to hold.
      await command(orm, {}, (em) =>
        em.execute(
          `insert into customer_account_link (bank_id, customer_account_link_id, customer_id, account_id, relationship_type, is_agent)
           values (?, ?, ?, ?, 'Owner', true) on conflict do nothing`,
          [bank_id, link_id, agent_id, account_id],
        ),
      );
      return {};
    },
    async forgetCustomerLinks({ key }) {
      const { bank_id, customer_id } = key ?? otherShape('ForgetCustomerLinksRequest');
      await command(orm, {}, async (em) => {
        await forgetCustomer(em, { bank_id, customer_id });
        await em.nativeDelete(UserCustomerLinkSchema, { bank_id, customer_id });
        await em.nativeDelete(CustomerAccountLinkSchema, { bank_id, customer_id, is_agent: false });
      });
      return {};
    },
  };
}
