import { type Call, rpc } from '@platform/grpc';
import { type CustomerKey, LinkLookupServiceDefinition } from '@platform/messages';
import type { Backend } from '../calls/backend.js';
import { regrouped } from './pages.js';

interface Asked {
  /** Absent: customers at all banks. */
  readonly bank_id?: string;
  /** Keys per page; default 1,000. */
  readonly rows?: number;
}

/** The keys of the customers linked to the caller, in the order of the links, in pages. */
export type LinkedCustomers = (call: Call, asked?: Asked) => AsyncIterable<readonly CustomerKey[]>;

const getCustomersOfUser = rpc(LinkLookupServiceDefinition, 'getCustomersOfUser');

export function createLinkedCustomers(backend: Backend): LinkedCustomers {
  return ({ caller, correlation_id, signal }, { bank_id, rows } = {}) => {
    const messages = backend.asServiceStream(getCustomersOfUser, { user_id: caller.user_id, bank_id }, correlation_id, {
      signal: signal(),
    });
    return regrouped(messages, ({ keys }) => keys, rows);
  };
}
