import { rpc } from '@platform/grpc';
import {
  type CustomerKey,
  LinkLookupServiceDefinition,
  UserAttributeServiceDefinition,
  type UserWithAttributes,
} from '@platform/messages';
import { partsOf } from '@platform/runtime';
import type { Backend } from '../../calls/backend.js';
import { overlapped } from '../overlapped.js';
import { pageRows } from '../pages.js';
import { byCustomer, distinct } from './customer-keys.js';
import { callsAtOnce, lookUp } from './look-up.js';

/** The users linked to customers. */
export interface UserLookup {
  /** The ids of each customer's users, in the order of the links; one call for any number of customers. */
  linkedTo(keys: readonly CustomerKey[], correlation_id: string): Promise<(key: CustomerKey) => readonly string[]>;
  /** Users that exist, by their ids; one call for each thousand, four at a time. */
  all(user_ids: readonly string[], correlation_id: string): Promise<ReadonlyMap<string, UserWithAttributes>>;
}

const batchGetUsersOfCustomers = rpc(LinkLookupServiceDefinition, 'batchGetUsersOfCustomers');
const batchGetUsers = rpc(UserAttributeServiceDefinition, 'batchGetUsers');

export function createUserLookup(backend: Backend): UserLookup {
  return {
    async linkedTo(keys, correlation_id) {
      const entries = await lookUp(
        backend,
        batchGetUsersOfCustomers,
        { keys: distinct(keys) },
        ({ users }) => users,
        correlation_id,
      );
      return byCustomer(entries, ({ user_id }) => [user_id]);
    },
    async all(user_ids, correlation_id) {
      const found = new Map<string, UserWithAttributes>();
      const ask = (part: readonly string[]) =>
        lookUp(backend, batchGetUsers, { user_ids: [...part] }, (message) => message.users, correlation_id);
      for await (const users of overlapped(partsOf([...new Set(user_ids)], pageRows), ask, callsAtOnce)) {
        for (const user of users) found.set(user.user_id, user);
      }
      return found;
    },
  };
}
