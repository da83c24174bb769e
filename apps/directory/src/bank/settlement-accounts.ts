import type { EntityManager } from '@mikro-orm/postgresql';
import { ensureAccount, randomNumber } from '../account/insert-account.js';

const kinds = { 'OBP-INCOMING-SETTLEMENT-ACCOUNT': 'incoming', 'OBP-OUTGOING-SETTLEMENT-ACCOUNT': 'outgoing' } as const;

/** Opens the two accounts that every bank has from the start. The bank's row must exist. */
export async function openSettlementAccounts(
  em: EntityManager,
  bank: { readonly bank_id: string; readonly full_name: string },
  created_at: string,
): Promise<void> {
  const { bank_id, full_name: holder } = bank;
  for (const [account_id, direction] of Object.entries(kinds)) {
    const label = `Default ${direction} settlement account`;
    await ensureAccount(
      em,
      {
        bank_id,
        account_id,
        user_id: '',
        holder,
        label,
        product_code: 'SETTLEMENT',
        branch_id: '',
        currency: 'EUR',
        created_at,
      },
      randomNumber,
    );
  }
}
