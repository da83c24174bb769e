import { type BoundService, bind } from '@platform/grpc';
import { AccountServiceDefinition } from '@platform/messages';
import { accountAttributeCommands } from '../account-attribute/account-attribute.rpc.js';
import type { Parts } from '../parts.js';
import { accountCommands } from './account-commands.rpc.js';
import { accountQueries } from './account-queries.rpc.js';
import { accountUpdates } from './account-updates.rpc.js';
import { heldAccounts } from './held-accounts.rpc.js';

/** Accounts of banks and their attributes. */
export function createAccountService(parts: Parts): BoundService {
  return bind(AccountServiceDefinition, {
    ...accountCommands(parts),
    ...accountUpdates(parts.orm),
    ...accountAttributeCommands(parts),
    ...accountQueries(parts.reader),
    ...heldAccounts(parts.reader),
  });
}
