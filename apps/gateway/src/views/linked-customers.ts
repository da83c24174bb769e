import { type Call, rpc } from '@platform/grpc';
import { type CustomerKey, LinkLookupServiceDefinition } from '@platform/messages';
import type { Backend } from '../calls/backend.js';
import { pagesOf } from './pages.js';

/** The keys of the customers that the caller is linked to, in the order of the links, in pages; without a bank at all of them. */
export type LinkedCustomers = (call: Call, bank_id?: string) => AsyncIterable<readonly CustomerKey[]>;

const getCustomersOfUser = rpc(LinkLookupServiceDefinition, 'getCustomersOfUser');

export function createLinkedCustomers(backend: Backend): LinkedCustomers {
  return ({ caller, correlation_id, signal }, bank_id) => {
    const messages = backend.asServiceStream(getCustomersOfUser, { user_id: caller.user_id, bank_id }, correlation_id, { signal: signal() });
    return pagesOf(messages, ({ keys }) => keys);
  };
}
