import type { MikroORM } from '@mikro-orm/postgresql';
import type { Implementation } from '@platform/grpc';
import type { AccountServiceDefinition } from '@platform/messages';
import { command, hasRow } from '@platform/persistence';
import { accountUnknown } from './account-unknown.js';
import { deleteRoutings, updateAccount } from './account.sql.js';
import { insertRoutings } from './insert-account.js';
import { checkSchemes } from './new-account.js';

/** The rpc that changes accounts. Members in the body replace the old values; the routings are replaced as a whole. */
export function accountUpdates(orm: MikroORM): Implementation<AccountServiceDefinition> {
  return {
    async updateAccount({ bank_id, account_id, body }) {
      const { label, type, branch_id, account_routings } = body;
      await command(orm, {}, async (em) => {
        // The update locks the account: of two concurrent updates, the second one replaces all of the first.
        const updated = await hasRow(em, updateAccount, [label, type, branch_id, bank_id, account_id]);
        if (!updated) accountUnknown(bank_id, account_id);
        checkSchemes(account_routings);
        await em.execute(deleteRoutings, [bank_id, account_id]);
        await insertRoutings(em, { bank_id, account_id }, account_routings);
      });
      return { bank_id, account_id, label, type, branch_id, account_routings };
    },
  };
}
