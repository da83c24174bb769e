import { customerUnknown } from '@platform/failure';
import { type Call, type Implementation, messagesOf } from '@platform/grpc';
import type { CorrelatedEntityServiceDefinition, CustomerAndUsersV400, UserWithAttributes } from '@platform/messages';
import type { LinkedCustomers } from './linked-customers.js';
import type { CustomerLookup } from './lookup/customer-lookup.js';
import type { UserLookup } from './lookup/user-lookup.js';
import { messageRecords } from './pages.js';

/** Customers with the users linked to them, in the order of the links. Deleted customers and users are left out. */
export function correlatedEntities(
  linked: LinkedCustomers,
  customers: CustomerLookup,
  users: UserLookup,
): Implementation<CorrelatedEntityServiceDefinition> {
  async function* mine(call: Call) {
    for await (const keys of linked(call)) {
      const [found, usersOf] = await Promise.all([
        customers.all(keys, call.correlation_id),
        users.linkedTo(keys, call.correlation_id),
      ]);
      const known = await users.all(found.flatMap(usersOf), call.correlation_id);
      yield found.map((customer): CustomerAndUsersV400 => ({ customer, users: present(usersOf(customer), known) }));
    }
  }
  return {
    getMyCorrelatedEntities: (_request, call) =>
      messagesOf(mine(call), (correlated_entities) => ({ correlated_entities }), {
        most: messageRecords,
        weightOf: recordsOf,
      }),
    async getCorrelatedUsersInfoByCustomerId({ bank_id, customer_id }, { correlation_id }) {
      const key = { bank_id, customer_id };
      const [customer, usersOf] = await Promise.all([
        customers.byId(key, correlation_id),
        users.linkedTo([key], correlation_id),
      ]);
      if (customer === undefined) return customerUnknown(customer_id);
      return { customer, users: present(usersOf(key), await users.all(usersOf(key), correlation_id)) };
    },
  };
}

function present(user_ids: readonly string[], known: ReadonlyMap<string, UserWithAttributes>): UserWithAttributes[] {
  return user_ids.flatMap((user_id) => known.get(user_id) ?? []);
}

function recordsOf({ users }: CustomerAndUsersV400): number {
  return users.reduce((records, { user_attributes }) => records + 1 + user_attributes.length, 1);
}
