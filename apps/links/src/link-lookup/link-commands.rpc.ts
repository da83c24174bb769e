import type { MikroORM } from '@mikro-orm/postgresql';
import { forgetCustomer, type RecordTable } from '@platform/customer-presence';
import type { Implementation } from '@platform/grpc';
import type { LinkLookupServiceDefinition } from '@platform/messages';
import { autocommit } from '@platform/persistence';
import { insertAgentLink } from '../customer-account-link/customer-account-link.sql.js';

/** The rows that are deleted with a customer. Links of agents do not belong to a customer. */
const tables: readonly RecordTable[] = [
  { table: 'user_customer_link', id: 'user_customer_link_id' },
  { table: 'customer_account_link', id: 'customer_account_link_id', only: 'not is_agent' },
];

/** The rpcs by which other services write links. Both may be repeated. */
export function linkCommands(orm: MikroORM): Implementation<LinkLookupServiceDefinition> {
  return {
    async linkAgent({ bank_id, agent_id, account_id, link_id }) {
      // An agent is not a customer, so there is no customer to lock.
      await autocommit(orm, {}, (em) => em.execute(insertAgentLink, [bank_id, link_id, agent_id, account_id]));
      return {};
    },
    async forgetCustomerLinks({ key }) {
      await forgetCustomer(orm, key, tables);
      return {};
    },
  };
}
