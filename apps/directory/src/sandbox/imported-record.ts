import type { SandboxDataImport } from '@platform/messages';
import { transactionKey } from './import-transaction.js';

/** A record of an import, unchanged. Most kinds have no operations here, but no data is lost. */
export interface ImportedRecord {
  readonly bank_id: string;
  readonly kind: 'account' | 'transaction' | 'branch' | 'atm' | 'product' | 'crm_event';
  /** Unique among the bank's records of its kind. */
  readonly record_id: string;
  /** Its position in the import's list. */
  readonly place: number;
  readonly data: object;
}

/**
 * The parts of an import that are stored unchanged. Banks and users are stored completely in their own tables, accounts
 * except for some members.
 */
export function importedRecords(data: SandboxDataImport): ImportedRecord[] {
  const records = <Item extends object>(
    kind: ImportedRecord['kind'],
    items: readonly Item[],
    keyOf: (item: Item) => [string, string],
  ) =>
    items.map((item, place): ImportedRecord => {
      const [bank_id, record_id] = keyOf(item);
      return { bank_id, kind, record_id, place, data: item };
    });
  return [
    ...records('account', data.accounts, ({ bank, id }) => [bank, id]),
    ...records('transaction', data.transactions, (transaction) => [
      transaction.this_account?.bank ?? '',
      transactionKey(transaction),
    ]),
    ...records('branch', data.branches, ({ bank_id, id }) => [bank_id, id]),
    ...records('atm', data.atms, ({ bank_id, id }) => [bank_id, id]),
    ...records('product', data.products, ({ bank_id, code }) => [bank_id, code]),
    ...records('crm_event', data.crm_events, ({ bank_id, id }) => [bank_id, id]),
  ];
}
