import { forgetCustomer } from '@platform/customer-presence';
import type { Implementation } from '@platform/grpc';
import type { ErasedTable } from '@platform/journal';
import type { LinkLookupServiceDefinition } from '@platform/messages';
import { countRecords, hasRow } from '@platform/persistence';
import { insertAgentLink } from '../customer-account-link/customer-account-link.sql.js';
import type { Parts } from '../parts.js';

/** The rows that are deleted with a customer. Links of agents do not belong to a customer. */
const tables: readonly ErasedTable[] = [
  { table: 'user_customer_link', id: 'user_customer_link_id' },
  { table: 'customer_account_link', id: 'customer_account_link_id', only: 'not is_agent', versioned: true },
];

/** The rpcs by which other services write links, or learn what a deletion deletes. All may be repeated. */
export function linkCommands({
  orm,
  reader,
  journal,
}: Pick<Parts, 'orm' | 'reader' | 'journal'>): Implementation<LinkLookupServiceDefinition> {
  return {
    findLinksOfCustomer: async ({ key }) => ({ records: await countRecords(reader, tables, key) }),
    async linkAgent({ bank_id, agent_id, account_id, link_id }, call) {
      // An agent is not a customer, so there is no customer to lock.
      await journal.command(call, {}, async (em) => {
        if (!(await hasRow(em, insertAgentLink, [bank_id, link_id, agent_id, account_id]))) return;
        const became = {
          customer_account_link_id: link_id,
          customer_id: agent_id,
          account_id,
          relationship_type: 'Owner',
          is_agent: true,
        };
        const change = { kind: 'customer_account_link', bank_id, record_id: link_id, subject: agent_id, version: 1 };
        journal.note(em, { ...change, action: 'created', fields: Object.keys(became), became });
      });
      return {};
    },
    async forgetCustomerLinks({ key }, call) {
      await forgetCustomer(orm, call, key, tables);
      return {};
    },
  };
}
